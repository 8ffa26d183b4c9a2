"""Forecasts and other venues' closes beside the candles of a backtest."""

from datetime import timedelta

import pandas as pd

from tests.trading.backtesting.one_pair import CONFIG, PAIR
from tests.trading.strategy_framework.frames import MINUTE_NS, START_NS, candles
from trading.backtesting.candles.companions import CompanionStore
from trading.backtesting.data.stores.memory import MemoryStore
from trading.backtesting.result import BacktestResult
from trading.backtesting.run import run_backtest
from trading.strategies import strategies
from trading.strategy_framework.candles.forecasts import KnownForecast
from trading.strategy_framework.loading.configuration import configured
from trading.strategy_framework.trades.markets.market import PairMarket


def run(name: str, closes: list[float], **companions: object) -> BacktestResult:
    strategy = configured(strategies()[name], CONFIG)
    store = MemoryStore({(PAIR, strategy.timeframe, "spot"): candles(closes)})
    beside = CompanionStore(store, strategy, **companions)  # type: ignore[arg-type]
    return run_backtest(strategy, beside, pairs=[PAIR], markets={PAIR: PairMarket(PAIR, amount_tick=1e-8)})


def test_the_forecast_follower_trades_on_what_was_known() -> None:
    forecasts = [
        KnownForecast(
            bar_close_ns=START_NS + minute * MINUTE_NS,
            horizon_s=900,
            predicted_return=value,
            probability_up=0.5,
        )
        for minute, value in ((2, 0.01), (5, -0.01))
    ]
    trade, *_ = run("forecast_follower", [100.0] * 10, forecasts={PAIR: forecasts}).trades
    assert (trade.enter_tag, trade.exit_reason) == ("forecast_up", "forecast_down")
    start = pd.Timestamp(START_NS, tz="UTC")
    assert (trade.open_date - start, trade.close_date - start) == (timedelta(minutes=2), timedelta(minutes=5))


def test_without_forecasts_nothing_is_traded() -> None:
    assert run("forecast_follower", [100.0] * 10).trades == []
