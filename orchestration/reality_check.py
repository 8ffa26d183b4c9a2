"""One strategy and symbol, one day: the paper trades beside a backtest of the same bars."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from market.clock import NS_PER_S
from orchestration.paper_trades import candles_known, paper_trades, refusals, store_check
from orchestration.platform import Platform
from orchestration.strategy_runs import account_terms, run_on_database
from runtime.postgres import Connection
from trading.api.host.roster import host_terms
from trading.api.host.shelf import code_hash
from trading.backtesting.errors import BadCandles
from trading.backtesting.reality import Gap, Known, PaperTrade, differences
from trading.backtesting.result import ClosedTrade
from trading.settings import TradingSettings
from trading.strategy_framework.candles.times import timeframe_to_seconds
from trading.strategy_framework.errors import StrategyError
from trading.strategy_framework.interface.strategy import IStrategy

LOOK_BACK_DAYS_MAX = 7
"""How far before the day a replay begins at most, to have a trade that was open at midnight."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What one comparison found; `skipped` says why there was none."""

    strategy: str
    symbol: str
    paper: int = 0
    backtest: int = 0
    gaps: tuple[Gap, ...] = ()
    skipped: str | None = None

    @property
    def causes(self) -> Counter[str]:
        """How many differences each cause has."""
        return Counter(gap.cause.value for gap in self.gaps)


def check_reality(
    platform: Platform,
    connection: Connection,
    trading: TradingSettings,
    strategies: dict[str, type[IStrategy]],
    *,
    name: str,
    symbol: str,
    day: date,
) -> Check:
    """Replay the day, compare it with paper, and store what differs."""
    strategy_class = strategies[name]
    midnight = datetime.combine(day, time(), UTC)
    until = midnight + timedelta(days=1)
    candle = timedelta(seconds=timeframe_to_seconds(strategy_class.timeframe))
    paper = paper_trades(connection, name, symbol, since=midnight, until=until)
    since = _replay_start(paper, midnight, candle)
    accounts = host_terms(tuple(strategies), platform.core, trading, trading.instruments()).accounts
    share = accounts[name].capital / len(platform.core.symbols)
    terms = account_terms(platform.core, trading, symbol, capital=share)
    try:
        run = run_on_database(platform.core, terms, strategy_class, since=since, until=until)
    except (BadCandles, StrategyError) as error:
        return Check(strategy=name, symbol=symbol, paper=len(paper), skipped=str(error))
    tested = [trade for trade in run.result.trades if trade.close_date >= midnight]
    known = Known(
        code_hash=code_hash(strategy_class),
        timeframe=candle,
        candles=candles_known(connection, platform.venue, symbol, since=since, until=until),
        refusals=refusals(connection, name, symbol, since=since, until=until, timeframe=candle),
    )
    gaps = differences(paper, tested, known, until=run.result.stop)
    store_check(
        connection,
        {
            "day": day,
            "strategy": name,
            "symbol": symbol,
            "checked_at": datetime.fromtimestamp(platform.clock.now_ns() / NS_PER_S, UTC),
            "paper_trades": len(paper),
            "backtest_trades": len(tested),
            "paper_profit": sum(trade.profit_abs for trade in paper),
            "backtest_profit": sum(trade.profit_abs for trade in tested if not _is_forced(trade)),
            "data_hash": run.result.data_hash,
            "code_hash": known.code_hash,
        },
        gaps,
    )
    return Check(strategy=name, symbol=symbol, paper=len(paper), backtest=len(tested), gaps=tuple(gaps))


def _replay_start(paper: list[PaperTrade], midnight: datetime, candle: timedelta) -> datetime:
    """Return the candle before the first trade that counts: it gives the signal."""
    first = min([midnight, *(trade.open_date for trade in paper)])
    return max(first, midnight - timedelta(days=LOOK_BACK_DAYS_MAX)) - candle


def _is_forced(trade: ClosedTrade) -> bool:
    return trade.exit_reason == "force_exit"
