"""A backtest of a few hand-written candles: prices and signals in, closed trades out."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pandas as pd

from trading.backtesting.data.stores.memory import MemoryStore
from trading.backtesting.result import BacktestResult
from trading.backtesting.run import run_backtest
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.loading.configuration import configured
from trading.strategy_framework.trades.markets.market import PairMarket

PAIR = "BTC/USDT"
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
Prices = tuple[float, float, float, float]

CONFIG: dict[str, Any] = {
    "stake_currency": "USDT",
    "stake_amount": 100,
    "dry_run_wallet": 1000,
    "max_open_trades": 3,
    "fee": 0.001,
    "trading_mode": "spot",
    "exchange": {"name": "binance", "pair_whitelist": [PAIR]},
}


class Marked(IStrategy):
    """Signals by row number; the candle after a marked one is traded."""

    timeframe = "1h"
    stoploss = -0.5
    minimal_roi: ClassVar = {"0": 10.0}
    enters: Sequence[int] = (0,)
    exits: Sequence[int] = ()
    exit_tag = ""

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        dataframe.loc[dataframe.index.isin(self.enters), "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        dataframe.loc[dataframe.index.isin(self.exits), ["exit_long", "exit_tag"]] = (1, self.exit_tag)
        return dataframe


def frame_of(rows: Sequence[Prices], *, hours: float = 1.0) -> pd.DataFrame:
    """Return candles of open, high, low, close."""
    dates = [BEGIN + timedelta(hours=hours * number) for number in range(len(rows))]
    frame = pd.DataFrame([(float(o), float(h), float(low), float(c)) for o, h, low, c in rows])
    frame.columns = pd.Index(["open", "high", "low", "close"])
    frame.insert(0, "date", pd.to_datetime(dates, utc=True))
    return frame.assign(volume=1.0)


def backtest(
    strategy: type[IStrategy],
    rows: Sequence[Prices],
    *,
    engine: str = "general",
    details: pd.DataFrame | None = None,
    **config: Any,
) -> BacktestResult:
    """Run a strategy over the candles of one pair; `details` are candles of 15 minutes."""
    frames = {(PAIR, "1h", "spot"): frame_of(rows)}
    if details is not None:
        frames[PAIR, "15m", "spot"] = details
        config["timeframe_detail"] = "15m"
    return run_backtest(
        configured(strategy, CONFIG | config),
        MemoryStore(frames),
        pairs=[PAIR],
        markets={PAIR: PairMarket(PAIR, price_tick=0.01, amount_tick=1e-8)},
        engine=engine,
    )


def calm(count: int, price: float = 100.0) -> list[Prices]:
    """Return candles that move by one percent to either side and come back."""
    return [(price, price * 1.01, price * 0.99, price)] * count
