"""Backtests of the bars in the database, by the paper host's own terms."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from runtime.settings import CoreSettings
from trading.api.host.account import AccountTerms
from trading.api.host.roster import pair_market
from trading.backtesting.candles.companions import CompanionStore
from trading.backtesting.data.stores.database_rows import candles_from_database, forecasts_from_database
from trading.backtesting.data.stores.memory import MemoryStore
from trading.backtesting.errors import BadCandles
from trading.backtesting.ports import TimeRange
from trading.backtesting.result import BacktestResult
from trading.backtesting.run import run_backtest
from trading.settings import TradingSettings
from trading.strategy_framework.candles.times import timeframe_to_seconds
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.loading.configuration import configured

CAPITAL = 1_000.0


@dataclass(frozen=True)
class StrategyRun:
    """A backtest of one strategy on one symbol, and the minutes it was made of."""

    result: BacktestResult
    strategy: IStrategy
    minutes: pd.DataFrame


def account_terms(
    core: CoreSettings, trading: TradingSettings, symbol: str, *, capital: float = CAPITAL
) -> AccountTerms:
    """Return what a strategy trades one symbol with, by the first venue's rules."""
    instrument = trading.instruments().get(symbol, core.venues[0])
    return AccountTerms(
        capital=capital,
        currency=instrument.quote,
        fee=float(instrument.taker_fee),
        markets={symbol: pair_market(instrument)},
    )


def run_on_database(
    core: CoreSettings,
    terms: AccountTerms,
    strategy_class: type[IStrategy],
    *,
    since: datetime,
    until: datetime,
) -> StrategyRun:
    """Backtest candles that opened in [since, until); those before, as far as they exist, warm up.

    Raises:
        BadCandles: there are no bars, or too few of them.
        StrategyError: the strategy can't run.
        Unavailable: the database does not answer.
    """
    (symbol,) = terms.markets
    strategy = configured(strategy_class, terms.config())
    strategy.max_open_trades = strategy.config["max_open_trades"] = 1
    candle = timedelta(seconds=timeframe_to_seconds(strategy.timeframe))
    first = since - candle * strategy.startup_candle_count
    stores = {}
    for venue in core.venues if strategy.uses_venues else core.venues[:1]:
        try:
            minutes = candles_from_database(core, venue=venue, symbol=symbol, since=first, until=until)
        except BadCandles:
            if venue == core.venues[0]:
                raise
            continue  # another venue may know nothing of the time: the strategy then sees NaN
        stores[venue] = (minutes, MemoryStore({(symbol, "1m", "spot"): minutes}, source=f"bars of {venue}"))
    minutes, store = stores.pop(core.venues[0])
    forecasts = (
        {symbol: forecasts_from_database(core, symbol=symbol, since=first, until=until)}
        if strategy.uses_forecasts
        else {}
    )
    companions = CompanionStore(
        store, strategy, forecasts=forecasts, others={venue: other for venue, (_, other) in stores.items()}
    )
    result = run_backtest(
        strategy,
        companions,
        pairs=[symbol],
        markets=terms.markets,
        timerange=TimeRange(int(since.timestamp()), int(until.timestamp()) - 1),
    )
    return StrategyRun(result, strategy, minutes)
