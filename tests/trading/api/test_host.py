"""The strategy host on an engine in memory: when it judges, what it sends, and whom a failure hits."""

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.clock import NS_PER_S, ManualClock
from market.events import Bar, Quality, QualityState
from tests.trading.api.service import MINUTE_NS, bars, frame
from trading.api.host import StrategyHost
from trading.api.host.history import BarHistory
from trading.core.engine import Engine, EngineConfig
from trading.core.ledger import MemoryJournal
from trading.strategy_framework import IStrategy
from trading.strategy_framework.forecasts import KnownForecast

NOW_NS = 1_800_000_000_000_000_000 - 1_800_000_000_000_000_000 % MINUTE_NS + NS_PER_S


class Always(IStrategy):
    """Enters after every candle."""

    timeframe = "1m"
    stoploss = -0.05

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        return dataframe.assign(enter_long=1)

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        return dataframe


class Fragile(Always):
    """Fails on one symbol while it is told to."""

    is_broken = True

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        if self.is_broken and metadata["pair"] == "BTC/USDT":
            raise ValueError("no such column")
        return dataframe


class Prophet(Always):
    uses_forecasts = True


class Stage:
    """An engine and a host on one clock, with good data for both symbols."""

    def __init__(self, *, journal: MemoryJournal | None = None, **strategies: IStrategy) -> None:
        self.clock = ManualClock(NOW_NS)
        self.journal = journal or MemoryJournal()
        config = EngineConfig(symbols=("BTC/USDT", "ETH/USDT"), venues=("binance",), gate_clean_s=0)
        self.engine = Engine(config, clock=self.clock, journal=self.journal)
        self.engine.recover()
        self.host = StrategyHost(
            strategies,
            symbols=config.symbols,
            venue="binance",
            clock=self.clock,
            fee=Decimal("0.001"),
            on_failure=pytest.fail,
        )
        for name in strategies:
            self.engine.set_strategy(name, is_on=True)

    def refresh(self, state: QualityState = QualityState.OK) -> None:
        now = self.clock.now_ns()
        for symbol in ("BTC/USDT", "ETH/USDT"):
            quality = Quality(
                venue="binance",
                symbol=symbol,
                ts_event=now,
                ts_init=now,
                state=state,
                reason="",
                lag_ms=0,
                updates_per_s=1,
                gaps=0,
                quarantined=0,
            )
            self.engine.on_live(frame(symbol, "binance", 1, ts_init=now))
            self.engine.on_quality(quality)

    def close_bar(self, symbol: str = "BTC/USDT", *, slope: float = 0) -> None:
        self.host.take_bars(bars(symbol, 3, slope=slope, until_ns=self.clock.now_ns()))

    def next_minute(self) -> None:
        self.clock.advance(MINUTE_NS)
        self.refresh()
        self.close_bar()

    def orders(self) -> list[tuple[str, str, str]]:
        return [(one.strategy, one.symbol, one.state) for one in self.host.step(self.engine)]


def test_a_candle_is_judged_once() -> None:
    stage = Stage(always=Always())
    stage.refresh()
    stage.close_bar()
    assert stage.orders() == [("always", "BTC/USDT", "FILLED")]
    stage.close_bar()
    assert stage.orders() == []


def test_after_a_restart_the_same_candle_gives_the_same_order() -> None:
    first = Stage(always=Always())
    first.refresh()
    first.close_bar()
    first.orders()
    position = first.engine.positions()
    second = Stage(journal=first.journal, always=Always())
    second.refresh()
    second.close_bar()
    second.host.step(second.engine)
    assert second.engine.positions() == position
    assert len(second.engine.orders()) == 1


def test_a_candle_waits_for_good_data_and_not_for_ever() -> None:
    stage = Stage(always=Always())
    stage.close_bar()
    assert stage.orders() == []
    stage.refresh()
    assert stage.orders() == [("always", "BTC/USDT", "FILLED")]
    late = Stage(always=Always())
    late.close_bar()
    late.clock.advance(2 * MINUTE_NS)
    late.refresh()
    assert late.orders() == []


def test_no_order_is_sent_while_trading_is_halted() -> None:
    stage = Stage(always=Always())
    stage.refresh()
    stage.engine.halt("test", by="test")
    stage.close_bar()
    assert stage.orders() == []
    assert stage.engine.orders() == []


def test_bars_of_other_venues_are_not_candles() -> None:
    stage = Stage(always=Always())
    stage.refresh()
    stage.host.take_bars(bars("BTC/USDT", 3, slope=0, until_ns=NOW_NS, venue="kraken"))
    assert stage.orders() == []


def test_a_failing_strategy_is_marked_and_the_others_go_on() -> None:
    fragile = Fragile()
    stage = Stage(fragile=fragile, always=Always())
    stage.refresh()
    stage.close_bar("BTC/USDT")
    assert stage.orders() == [("always", "BTC/USDT", "FILLED")]
    views = {view.name: view for view in stage.engine.strategies()}
    assert views["fragile"].state == "error"
    assert "ValueError: no such column" in (views["fragile"].error or "")
    assert views["always"].state == "on"
    fragile.is_broken = False
    stage.next_minute()
    stage.orders()
    assert {view.name: view.state for view in stage.engine.strategies()}["fragile"] == "on"


def test_the_stop_sells_at_a_close() -> None:
    stage = Stage(always=Always())
    stage.refresh()
    stage.close_bar()
    stage.orders()
    stage.clock.advance(MINUTE_NS)
    stage.refresh()
    crash = bars("BTC/USDT", 1, slope=0, until_ns=stage.clock.now_ns())
    low = Decimal(50_000)
    stage.host.take_bars([_with_close(bar, low) for bar in crash])
    assert stage.orders() == [("always", "BTC/USDT", "FILLED")]
    assert stage.engine.positions() == []
    assert stage.engine.orders()[0].tag == "stop_loss"


def test_a_denied_entry_is_not_repeated_each_minute() -> None:
    strategies = {f"always_{number}": Always() for number in range(9)}
    stage = Stage(**strategies)
    stage.refresh()
    stage.close_bar()
    states = [state for _, _, state in stage.orders()]
    assert states.count("DENIED") >= 1
    stage.next_minute()
    assert stage.orders() == []


def test_a_follower_waits_for_the_candles_forecast_a_while() -> None:
    stage = Stage(prophet=Prophet())
    stage.refresh()
    stage.close_bar()
    assert stage.orders() == []
    known = KnownForecast(
        bar_close_ns=NOW_NS - NS_PER_S, horizon_s=900, predicted_return=0.01, probability_up=0.6
    )
    stage.host.take_forecast("BTC/USDT", known)
    assert stage.orders() == [("prophet", "BTC/USDT", "FILLED")]
    late = Stage(prophet=Prophet())
    late.close_bar()
    late.clock.advance(10 * NS_PER_S)
    late.refresh()
    assert late.orders() == [("prophet", "BTC/USDT", "FILLED")]


@given(st.permutations(range(12)), st.sampled_from(["1m", "3m", "5m"]))
def test_candles_do_not_depend_on_the_order_of_arrival(order: list[int], timeframe: str) -> None:
    minutes = bars("BTC/USDT", 12, slope=0.001, until_ns=NOW_NS)
    sorted_history, mixed = BarHistory(100), BarHistory(100)
    sorted_history.add(minutes)
    mixed.add(minutes[index] for index in order)
    assert mixed.candles("BTC/USDT", timeframe) == sorted_history.candles("BTC/USDT", timeframe)
    length_ns = {"1m": 1, "3m": 3, "5m": 5}[timeframe] * MINUTE_NS
    for candle in mixed.candles("BTC/USDT", timeframe):
        assert candle.open_time % length_ns == 0
        assert candle.close_time - candle.open_time == length_ns


def test_a_venues_own_bar_replaces_one_built_from_trades_and_stays() -> None:
    built = bars("BTC/USDT", 1, slope=0, until_ns=NOW_NS)[0]
    history = BarHistory(10)
    fetched = _with_close(built, Decimal(61_000), source="venue")
    for bar in (built, fetched, built):
        history.add([bar])
    assert history.candles("BTC/USDT", "1m") == [fetched]


def _with_close(bar: Bar, close: Decimal, source: str = "trades") -> Bar:
    return Bar(
        venue=bar.venue,
        symbol=bar.symbol,
        ts_event=bar.ts_event,
        ts_init=bar.ts_init,
        timeframe=bar.timeframe,
        open_time=bar.open_time,
        close_time=bar.close_time,
        open=bar.open,
        high=max(bar.high, close),
        low=min(bar.low, close),
        close=close,
        volume=bar.volume,
        trade_count=bar.trade_count,
        source="venue" if source == "venue" else "trades",
    )
