"""A whole backtest: load candles, analyse them, trade them, and say what came of it.

The order of the steps is freqtrade's, because strategies can see it: candles of all pairs, `bot_start`,
indicators of all pairs, then the signals of each pair.
"""

from collections.abc import Mapping, Sequence

import msgspec
import pandas as pd

from trading.backtesting.candles.decimal_counts import add_decimal_counts, looks_at_every_column
from trading.backtesting.candles.present import PresentData, RangedSource
from trading.backtesting.candles.rows import DetailRows, moment
from trading.backtesting.data.hashing import data_hash
from trading.backtesting.errors import BadTerms, NoCandles
from trading.backtesting.fast.choice import loop_for
from trading.backtesting.ports import UNBOUNDED, CandleStore, Progress, TimeRange
from trading.backtesting.result import BacktestResult, result_of
from trading.backtesting.signals.analyst import Analyst
from trading.backtesting.signals.pairs import Sharing, analyzed
from trading.strategy_framework.candles.times import timeframe_to_seconds
from trading.strategy_framework.interface.data_provider import FUNDING_TIMEFRAME
from trading.strategy_framework.interface.enums import RunMode
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.loading.configuration import start
from trading.strategy_framework.trade_manager.desk import Desk
from trading.strategy_framework.trade_manager.manager import TradeManager
from trading.strategy_framework.trades.markets.funding import FundingRates
from trading.strategy_framework.trades.markets.market import MonthlyTicks, PairMarket, tick_by_month
from trading.strategy_framework.trades.settings import TradingTerms, merge_terms

_MARK_TYPES = {"hyperliquid": "futures"}
"""Venues that take another price than the mark price for funding."""


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """The candles of one run by pair, warm-up included, and what was derived from them."""

    frames: dict[str, pd.DataFrame]
    ticks: dict[str, MonthlyTicks]
    details: dict[str, DetailRows]
    funding: dict[str, FundingRates]
    timerange: TimeRange
    startup_candles: int
    data_hash: str


def run_backtest(  # noqa: PLR0913 - the ways in which a run may differ
    strategy: IStrategy,
    store: CandleStore,
    terms: TradingTerms | None = None,
    *,
    pairs: Sequence[str],
    markets: Mapping[str, PairMarket],
    timerange: TimeRange | None = None,
    engine: str = "auto",
    processes: int = 1,
    progress: Progress | None = None,
) -> BacktestResult:
    """Run a configured strategy over stored candles.

    `terms` default to what the strategy's configuration says. `engine` is `general`, `fast`, or `auto`:
    fast where the strategy allows it; both give the same trades. `processes` analyse the pairs; where
    pairs could know of each other it is one, and the result's remarks say why.

    Raises:
        NoCandles: nothing is stored of any pair in the range.
        StrategyFailed: the strategy raised where no default can stand in.
        BadTerms: `engine` is fast, and the strategy wants every candle; no pairs, a pair without a
            market, or a detail timeframe that is not shorter than the strategy's.
        ProcessEnded: a process that analysed pairs was killed.
    """
    terms = merge_terms(strategy.config, strategy) if terms is None else terms
    _check(strategy, terms, pairs, markets)
    loaded = load(strategy, store, terms, pairs=pairs, timerange=timerange or UNBOUNDED, progress=progress)
    desk = Desk(
        strategy,
        terms,
        markets,
        fee=_fee(terms, markets[pairs[0]]),
        ticks=loaded.ticks,
        funding=loaded.funding,
    )
    with desk.book.active():
        data = _wire(strategy, store, desk, pairs=pairs, timerange=timerange or UNBOUNDED)
        analyst = Analyst(
            strategy, loaded.frames, timerange=loaded.timerange, startup_candles=loaded.startup_candles
        )
        sharing = Sharing(processes=processes, book=desk.book, store=store)
        found = analyzed(analyst, data, sharing, progress=progress)
        desk.start_protections()
        loop = loop_for(
            engine, TradeManager(desk), found.candles, found.span, details=loaded.details, progress=progress
        )
        data.cursor = loop
        loop.run()
    return result_of(
        desk,
        candles=found.candles,
        start=moment(found.span.start_ns),
        stop=moment(found.span.end_ns),
        data_hash=loaded.data_hash,
        engine=loop.name,
        remarks=found.remarks,
    )


def _check(
    strategy: IStrategy, terms: TradingTerms, pairs: Sequence[str], markets: Mapping[str, PairMarket]
) -> None:
    if not pairs:
        raise BadTerms("there is no pair to trade: name at least one")
    if unknown := [pair for pair in pairs if pair not in markets]:
        raise BadTerms(f"no market is known for {', '.join(unknown)}")
    detail = terms.timeframe_detail
    if detail and timeframe_to_seconds(detail) >= timeframe_to_seconds(strategy.timeframe):
        raise BadTerms(f"timeframe_detail {detail} must be shorter than the strategy's {strategy.timeframe}")


def load(
    strategy: IStrategy,
    store: CandleStore,
    terms: TradingTerms,
    *,
    pairs: Sequence[str],
    timerange: TimeRange,
    progress: Progress | None = None,
) -> Loaded:
    """Read the candles of a run.

    Raises:
        NoCandles: nothing is stored of any pair in the range.
    """
    startup = strategy.startup_candle_count
    timeframe_s = timeframe_to_seconds(strategy.timeframe)
    kind = str(strategy.config.get("candle_type_def", "spot"))
    frames: dict[str, pd.DataFrame] = {}
    for number, pair in enumerate(pairs, start=1):
        frame = store.candles(pair, strategy.timeframe, kind, timerange.earlier(startup * timeframe_s))
        if not frame.empty:
            frames[pair] = frame
        if progress is not None:
            progress("load", number, len(pairs))
    if not frames:
        raise NoCandles(f"no {strategy.timeframe} candles of {', '.join(pairs)} in the time range")
    first_s = min(int(frame["date"].iloc[0].timestamp()) for frame in frames.values())
    if timerange.start_s is None or (startup and first_s >= timerange.start_s):
        timerange = TimeRange(first_s + timeframe_s * startup, timerange.stop_s)
    loaded = Loaded(
        frames=frames,
        ticks={pair: tick_by_month(frame) for pair, frame in frames.items()},
        details=_details(store, terms, pairs, kind, timerange),
        funding=_funding(store, terms, pairs, timerange),
        timerange=timerange,
        startup_candles=startup,
        data_hash=data_hash({(pair, strategy.timeframe): frame for pair, frame in frames.items()}),
    )
    if looks_at_every_column(strategy):
        for frame in frames.values():
            add_decimal_counts(frame)
    return loaded


def _wire(
    strategy: IStrategy, store: CandleStore, desk: Desk, *, pairs: Sequence[str], timerange: TimeRange
) -> PresentData:
    """Give the strategy its data, wallet and settings, and start it."""
    strategy.config["runmode"] = RunMode.BACKTEST
    strategy.config["startup_candle_count"] = strategy.startup_candle_count
    source = RangedSource(store, timerange, strategy.startup_candle_count)
    data = PresentData(source, strategy.config, whitelist=pairs)
    strategy.dp = data
    strategy.wallets = desk.wallet
    vars(strategy)["order_types"] = {**strategy.order_types, "stoploss_on_exchange": False}
    start(strategy)
    return data


def _details(
    store: CandleStore, terms: TradingTerms, pairs: Sequence[str], kind: str, timerange: TimeRange
) -> dict[str, DetailRows]:
    timeframe = terms.timeframe_detail
    if not timeframe:
        return {}
    details = {}
    for pair in pairs:
        frame = store.candles(pair, timeframe, kind, timerange)
        if not frame.empty:
            details[pair] = DetailRows(frame)
    if not details:
        raise NoCandles(
            f"no {timeframe} candles of {', '.join(pairs)} in the time range, for timeframe_detail"
        )
    return details


def _funding(
    store: CandleStore, terms: TradingTerms, pairs: Sequence[str], timerange: TimeRange
) -> dict[str, FundingRates]:
    """Return the funding rates by pair; a pair whose rates or mark prices are not stored pays nothing."""
    if terms.trading_mode != "futures":
        return {}
    mark = _MARK_TYPES.get(terms.exchange, "mark")
    return {
        pair: FundingRates.from_candles(
            store.candles(pair, FUNDING_TIMEFRAME, "funding_rate", timerange),
            store.candles(pair, FUNDING_TIMEFRAME, mark, timerange),
            terms.funding_rate_missing,
        )
        for pair in pairs
    }


def _fee(terms: TradingTerms, market: PairMarket) -> float:
    return max(market.taker, market.maker) if terms.fee is None else terms.fee
