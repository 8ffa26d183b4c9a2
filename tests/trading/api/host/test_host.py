"""The strategy host on an engine in memory: when it judges, what it sends, and whom a failure hits."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.clock import NS_PER_S
from tests.trading.api.host.stage import NOW_NS, Always, Stage, with_close
from tests.trading.api.service import MINUTE_NS, PRICES, bars
from trading.api.host.history import BarHistory
from trading.strategy_framework.candles.forecasts import KnownForecast

BTC = PRICES["BTC/USDT"]


class Fragile(Always):
    """Fails on one symbol while it is told to."""

    is_broken = True

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        if self.is_broken and metadata["pair"] == "BTC/USDT":
            raise ValueError("no such column")
        return dataframe


class Unstartable(Always):
    def bot_start(self, **kwargs: Any) -> None:
        raise RuntimeError("no such file")


class Clumsy(Always):
    """Its callback raises; everything else is well."""

    def custom_exit(self, **kwargs: Any) -> str | None:  # type: ignore[override]
        raise KeyError("rsi")


class Warm(Always):
    startup_candle_count = 5


class Prophet(Always):
    uses_forecasts = True


class Comparer(Always):
    uses_venues = True

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        return dataframe.assign(enter_long=(dataframe["venue_close_kraken"] > 0).astype(int))


class Averaging(Always):
    """Adds when the price falls, and sells a part when it rises."""

    position_adjustment_enable = True

    def custom_stake_amount(self, proposed_stake: float, **kwargs: Any) -> float:  # type: ignore[override]
        return proposed_stake / 4

    def adjust_trade_position(
        self, trade: Any, current_time: datetime, current_profit: float, **kwargs: Any
    ) -> tuple[float, str] | None:
        if current_profit < -0.01:
            return trade.stake_amount, "more"
        return (-trade.stake_amount / 2, "less") if current_profit > 0.01 else None


class Waiting(Always):
    """Wants to buy one percent cheaper."""

    def custom_entry_price(self, proposed_rate: float, **kwargs: Any) -> float:  # type: ignore[override]
        return proposed_rate * 0.99


class Protected(Always):
    protections = [{"method": "CooldownPeriod", "stop_duration_candles": 5}]  # noqa: RUF012


def test_a_candle_is_judged_once() -> None:
    stage = Stage(always=Always)
    stage.refresh()
    stage.close_bar()
    assert stage.orders() == [("always", "BTC/USDT", "FILLED")]
    stage.close_bar()
    assert stage.orders() == []


def test_a_trade_holds_what_the_engine_filled() -> None:
    stage = Stage(always=Always)
    stage.refresh()
    stage.close_bar()
    (order,) = stage.step()
    (trade,) = stage.account("always").book.open_trades
    assert (trade.amount, trade.open_rate) == (float(order.filled_size), float(order.average_price or 0))
    assert trade.fee_open == pytest.approx(0.001)
    assert stage.engine.positions()[0].size == order.filled_size


def test_each_strategy_trades_with_its_own_capital() -> None:
    stage = Stage(always=Always, other=Always, capital=3_000.0)
    stage.refresh()
    stage.close_bar()
    spent = [order.filled_size * (order.average_price or 0) for order in stage.step()]
    assert [float(quote) for quote in spent] == pytest.approx([1_485.0] * 2, rel=1e-3), (
        "half of 99 %, two pairs"
    )


def test_a_candle_waits_for_good_data_and_not_for_ever() -> None:
    stage = Stage(always=Always)
    stage.close_bar()
    assert stage.orders() == []
    stage.refresh()
    assert stage.orders() == [("always", "BTC/USDT", "FILLED")]
    late = Stage(always=Always)
    late.close_bar()
    late.clock.advance(2 * MINUTE_NS)
    late.refresh()
    assert late.orders() == []


def test_a_candle_waits_for_the_warm_up() -> None:
    stage = Stage(warm=Warm)
    stage.refresh()
    stage.close_bar()
    assert stage.orders() == []
    stage.host.take_bars(bars("BTC/USDT", 5, slope=0, until_ns=NOW_NS))
    assert stage.orders() == [("warm", "BTC/USDT", "FILLED")]


def test_no_order_is_sent_while_trading_is_halted() -> None:
    stage = Stage(always=Always)
    stage.refresh()
    stage.engine.halt("test", by="test")
    stage.close_bar()
    assert stage.orders() == []
    assert stage.engine.orders() == []


def test_bars_of_other_venues_are_not_candles() -> None:
    stage = Stage(always=Always)
    stage.refresh()
    stage.close_bar(venue="kraken")
    assert stage.orders() == []


def test_a_failing_strategy_is_marked_and_the_others_go_on() -> None:
    stage = Stage(fragile=Fragile, always=Always)
    stage.refresh()
    stage.close_bar("BTC/USDT")
    assert stage.orders() == [("always", "BTC/USDT", "FILLED")]
    views = {view.name: view for view in stage.engine.strategies()}
    assert views["fragile"].state == "error"
    assert "ValueError: no such column" in (views["fragile"].error or "")
    assert views["always"].state == "on"
    stage.account("fragile").strategy.is_broken = False  # type: ignore[attr-defined]
    stage.next_minute()
    stage.orders()
    assert {view.name: view.state for view in stage.engine.strategies()}["fragile"] == "on"


def test_a_strategy_that_can_not_be_started_is_left_out() -> None:
    stage = Stage(unstartable=Unstartable, always=Always)
    stage.refresh()
    stage.close_bar()
    assert stage.orders() == [("always", "BTC/USDT", "FILLED")]
    views = {view.name: view for view in stage.engine.strategies()}
    assert "RuntimeError: no such file" in (views["unstartable"].error or "")


def test_a_raising_callback_is_reported_and_its_default_used() -> None:
    stage = Stage(clumsy=Clumsy)
    stage.refresh()
    stage.close_bar()
    assert stage.orders() == [("clumsy", "BTC/USDT", "FILLED")]
    (view,) = stage.engine.strategies()
    assert view.state == "error"
    assert "custom_exit raised" in (view.error or "")


def test_a_failing_strategys_stop_still_sells() -> None:
    stage = Stage(fragile=Fragile)
    stage.refresh()
    stage.close_bar("ETH/USDT")
    assert stage.orders() == [("fragile", "ETH/USDT", "FILLED")]
    stage.close_bar("BTC/USDT")
    stage.step()
    assert stage.engine.strategies()[0].state == "error"
    stage.price("ETH/USDT", PRICES["ETH/USDT"] * Decimal("0.9"))
    assert stage.orders() == [("fragile", "ETH/USDT", "FILLED")]


def test_a_position_is_added_to_and_sold_in_part() -> None:
    stage = Stage(averaging=Averaging)
    stage.refresh()
    stage.close_bar()
    stage.step()
    (trade,) = stage.account("averaging").book.open_trades
    first = trade.amount
    stage.clock.advance(MINUTE_NS)
    stage.refresh(prices={**PRICES, "BTC/USDT": BTC * Decimal("0.98")})
    stage.close_bar()
    assert [order.tag for order in stage.step()] == ["more"]
    assert trade.amount == pytest.approx(first * 2, rel=0.03)
    stage.clock.advance(MINUTE_NS)
    stage.refresh(prices={**PRICES, "BTC/USDT": BTC * Decimal("1.02")})
    stage.close_bar()
    assert [order.tag for order in stage.step()] == ["less"]
    assert trade.amount == pytest.approx(first, rel=0.03)
    assert trade.is_open
    assert stage.engine.positions()[0].size == Decimal(repr(trade.amount))


def test_an_entry_below_the_market_waits_for_its_price() -> None:
    stage = Stage(waiting=Waiting)
    stage.refresh()
    stage.close_bar()
    assert stage.orders() == [("waiting", "BTC/USDT", "ACCEPTED")]
    stage.price("BTC/USDT", BTC * Decimal("0.985"))
    stage.step()
    (trade,) = stage.account("waiting").book.open_trades
    assert trade.open_rate == pytest.approx(float(BTC) * 0.99)


def test_an_entry_that_the_engine_gave_up_is_forgotten() -> None:
    stage = Stage(waiting=Waiting)
    stage.refresh()
    stage.close_bar()
    (order,) = stage.step()
    stage.engine.cancel(order.client_order_id, by="operator")
    stage.next_minute()
    stage.step()
    assert [trade.id for trade in stage.account("waiting").book.open_trades] == [2], (
        "a new one, of this candle"
    )


def test_a_protection_locks_the_pair() -> None:
    stage = Stage(protected=Protected)
    stage.refresh()
    stage.close_bar()
    stage.step()
    stage.price("BTC/USDT", BTC * Decimal("0.9"))
    stage.step()
    stage.next_minute()
    assert stage.orders() == []


def test_a_denied_entry_is_not_repeated_each_minute() -> None:
    strategies = {f"always_{number}": Always for number in range(9)}
    stage = Stage(capital=40_000.0, **strategies)
    stage.refresh()
    stage.close_bar()
    states = [state for _, _, state in stage.orders()]
    assert states.count("DENIED") >= 1
    stage.next_minute()
    assert stage.orders() == []


def test_a_follower_waits_for_the_candles_forecast_a_while() -> None:
    stage = Stage(prophet=Prophet)
    stage.refresh()
    stage.close_bar()
    assert stage.orders() == []
    known = KnownForecast(
        bar_close_ns=NOW_NS - NS_PER_S, horizon_s=900, predicted_return=0.01, probability_up=0.6
    )
    stage.host.take_forecast("BTC/USDT", known)
    assert stage.orders() == [("prophet", "BTC/USDT", "FILLED")]
    late = Stage(prophet=Prophet)
    late.close_bar()
    late.clock.advance(10 * NS_PER_S)
    late.refresh()
    assert late.orders() == [("prophet", "BTC/USDT", "FILLED")]


def test_who_compares_venues_waits_for_the_others_candles() -> None:
    stage = Stage(comparer=Comparer)
    stage.refresh()
    stage.close_bar()
    assert stage.orders() == []
    stage.close_bar(venue="kraken")
    assert stage.orders() == [("comparer", "BTC/USDT", "FILLED")]


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
    fetched = with_close(built, Decimal(61_000), source="venue")
    for bar in (built, fetched, built):
        history.add([bar])
    assert history.candles("BTC/USDT", "1m") == [fetched]
