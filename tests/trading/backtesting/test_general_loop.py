"""What the general loop trades on hand-written candles; the numbers are freqtrade's rules by hand."""

import itertools
import math
import re
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trading.backtesting.one_pair import BEGIN, PAIR, Marked, backtest, calm, frame_of
from trading.backtesting.errors import BadTerms, NoCandles
from trading.backtesting.result import ClosedTrade
from trading.strategy_framework.errors import StrategyFailed
from trading.strategy_framework.trades.trade import Trade

HOUR = timedelta(hours=1)


def only(trades: list[ClosedTrade]) -> ClosedTrade:
    assert len(trades) == 1
    return trades[0]


def test_a_signal_enters_at_the_next_open_and_an_exit_signal_leaves_at_the_next() -> None:
    class Signals(Marked):
        exits = (2,)
        exit_tag = "enough"

    trade = only(backtest(Signals, calm(6)).trades)
    assert (trade.open_date, trade.close_date) == (BEGIN + HOUR, BEGIN + 3 * HOUR)
    assert (trade.open_rate, trade.close_rate, trade.exit_reason) == (100.0, 100.0, "enough")
    assert trade.profit_ratio == pytest.approx(-0.002, abs=2e-6)


def test_a_trade_that_is_open_at_the_end_leaves_at_the_last_open() -> None:
    trade = only(backtest(Marked, calm(5)).trades)
    assert (trade.exit_reason, trade.close_date) == ("force_exit", BEGIN + 4 * HOUR)


def test_nothing_is_entered_on_the_last_candle() -> None:
    class Late(Marked):
        enters = (3,)

    assert backtest(Late, calm(5)).trades == []


def test_a_stop_fills_at_its_price_and_a_gap_below_it_at_the_open() -> None:
    class Stopped(Marked):
        stoploss = -0.05

    hit = only(backtest(Stopped, [*calm(3), (100, 100, 94, 95), *calm(2)]).trades)
    assert (hit.exit_reason, hit.close_rate) == ("stop_loss", 95.0)
    gap = only(backtest(Stopped, [*calm(3), (90, 91, 89, 90), *calm(2)]).trades)
    assert (gap.exit_reason, gap.close_rate) == ("stop_loss", 90.0)


def test_a_trailing_stop_follows_the_high() -> None:
    class Trailing(Marked):
        stoploss = -0.1
        trailing_stop = True

    trade = only(backtest(Trailing, [*calm(2), (100, 120, 109, 119), (119, 119, 100, 100), *calm(1)]).trades)
    assert (trade.exit_reason, trade.stop_loss_abs, trade.close_rate) == ("trailing_stop_loss", 108.0, 108.0)


def test_a_trailing_stop_keeps_the_distance_that_the_callback_gave() -> None:
    class Both(Marked):
        stoploss = -0.02
        trailing_stop = True
        use_custom_stoploss = True

        def custom_stoploss(self, **_: Any) -> float:
            return -0.2

    trade = only(backtest(Both, [*calm(2), (100, 110, 99, 109), (109, 110, 100, 101), *calm(1)]).trades)
    assert (trade.exit_reason, trade.stop_loss_abs) == ("force_exit", 98.0)


def test_the_minimal_return_counts_fees_and_fills_at_the_rate_that_gives_it() -> None:
    class Returns(Marked):
        minimal_roi: ClassVar = {"0": 0.05, "120": 0.01}

    trade = only(backtest(Returns, [*calm(2), (100, 106, 99, 105), *calm(3)]).trades)
    assert (trade.exit_reason, trade.profit_ratio) == ("roi", pytest.approx(0.05, abs=1e-4))
    later = only(backtest(Returns, [*calm(2), *calm(1), (100, 101.5, 99, 101), *calm(3)]).trades)
    assert (later.close_date, later.profit_ratio) == (BEGIN + 3 * HOUR, pytest.approx(0.01, abs=1e-4))


def test_a_limit_entry_waits_for_its_price_and_times_out() -> None:
    class Patient(Marked):
        def custom_entry_price(self, proposed_rate: float, **_: Any) -> float:
            return proposed_rate * 0.95

    waits = backtest(Patient, [*calm(3), (100, 100, 94, 99), *calm(2)])
    assert only(waits.trades).open_date == BEGIN + HOUR
    assert only(waits.trades).orders[0].order_filled_timestamp == int((BEGIN + 3 * HOUR).timestamp() * 1000)
    gives_up = backtest(Patient, calm(6), unfilledtimeout={"entry": 60, "exit": 60, "unit": "minutes"})
    assert gives_up.trades == []
    assert gives_up.counts.timed_out_entries == 1


def test_a_callback_that_raises_is_counted_and_answered_with_its_default() -> None:
    class Failing(Marked):
        exits = (2,)

        def confirm_trade_exit(self, **_: Any) -> bool:
            raise RuntimeError("no answer")

    result = backtest(Failing, calm(6))
    assert only(result.trades).exit_reason == "exit_signal"
    assert result.callback_failures == {"confirm_trade_exit": 1}
    assert re.fullmatch(
        r"RuntimeError: no answer \(test_general_loop\.py:\d+\)", result.callback_errors["confirm_trade_exit"]
    )


def test_a_callback_that_answers_with_text_where_a_number_is_needed_ends_the_run() -> None:
    class Wordy(Marked):
        use_custom_stoploss = True

        def custom_stoploss(self, **_: Any) -> Any:
            return "tight"

    with pytest.raises(StrategyFailed, match="custom_stoploss of Wordy must return a number or nothing"):
        backtest(Wordy, calm(6))


def test_a_callback_can_not_change_the_trade_it_is_shown() -> None:
    class Meddling(Marked):
        def custom_exit(self, trade: Trade, **_: Any) -> None:
            trade.open_rate = 1.0
            trade.orders.clear()

    assert only(backtest(Meddling, calm(6)).trades).open_rate == 100.0


def test_position_adjustment_averages_the_entry_and_partial_exits_keep_the_trade() -> None:
    class Adjusting(Marked):
        position_adjustment_enable = True

        def adjust_trade_position(self, current_time: datetime, **_: Any) -> tuple[float, str] | None:
            changes = {BEGIN + 2 * HOUR: (100.0, "more"), BEGIN + 3 * HOUR: (-50.0, "less")}
            return changes.get(current_time)

    trade = only(backtest(Adjusting, [*calm(2), (90, 91, 89, 90), *calm(3, 95.0)]).trades)
    assert [order.ft_order_tag for order in trade.orders] == ["", "more", "less", "force_exit"]
    assert trade.open_rate == pytest.approx(94.74, abs=0.01)
    assert trade.max_stake_amount == pytest.approx(200, abs=0.01)


def test_candles_of_a_detail_timeframe_decide_what_came_first() -> None:
    class Both(Marked):
        stoploss = -0.05
        minimal_roi: ClassVar = {"0": 0.05}

    rows = [*calm(2), (100, 106, 94, 100), *calm(2)]
    assert only(backtest(Both, rows).trades).exit_reason == "stop_loss"
    rising = [(100, 106, 99, 104), (104, 104, 94, 95), (95, 100, 95, 100), (100, 100, 100, 100)]
    details = [detail for number in range(5) for detail in (rising if number == 2 else calm(4))]
    trade = only(backtest(Both, rows, details=frame_of(details, hours=0.25)).trades)
    assert (trade.exit_reason, trade.close_date) == ("roi", BEGIN + 2 * HOUR)


def test_analysed_candles_end_before_the_one_that_is_traded() -> None:
    seen: list[datetime] = []

    class Looking(Marked):
        def custom_exit(self, pair: str, **_: Any) -> None:
            frame, _at = self.dp.get_analyzed_dataframe(pair, self.timeframe)
            seen.append(frame["date"].iloc[-1].to_pydatetime())

    backtest(Looking, calm(5))
    assert seen == [BEGIN, BEGIN + HOUR, BEGIN + 2 * HOUR, BEGIN + 3 * HOUR]


def test_a_run_without_candles_or_with_contradicting_terms_says_what_is_wrong() -> None:
    class Warm(Marked):
        startup_candle_count = 50

    with pytest.raises(NoCandles, match="after the 50 that Warm needs to warm up"):
        backtest(Warm, calm(5))
    with pytest.raises(BadTerms, match="no engine 'quick'"):
        backtest(Marked, calm(5), engine="quick")
    with pytest.raises(BadTerms, match="timeframe_detail 1h must be shorter"):
        backtest(Marked, calm(5), timeframe_detail="1h")


scripts = st.sets(st.integers(0, 29), max_size=12)
walks = st.lists(st.floats(-0.04, 0.04), min_size=30, max_size=30)


def walk(steps: list[float]) -> list[tuple[float, float, float, float]]:
    """Return candles whose closes move by these fractions."""
    closes = [100.0]
    for step in steps:
        closes.append(round(closes[-1] * (1 + step), 2))
    return [
        (opened, round(max(opened, close) * 1.002, 2), round(min(opened, close) * 0.998, 2), close)
        for opened, close in itertools.pairwise(closes)
    ]


class Protected(Marked):
    stoploss = -0.03
    trailing_stop = True
    minimal_roi: ClassVar = {"0": 0.05, "180": 0.01}


@given(scripts, scripts, walks, st.sampled_from([0.0, 0.001, 0.0026]))
@settings(deadline=None, max_examples=40)
def test_profits_add_up_to_the_change_of_the_balance(
    enters: set[int], exits: set[int], steps: list[float], fee: float
) -> None:
    scripted = type("Scripted", (Protected,), {"enters": enters, "exits": exits})
    result = backtest(scripted, walk(steps), fee=fee, stake_amount="unlimited")
    gained = math.fsum(trade.profit_abs for trade in result.trades)
    assert result.final_balance - 1000 == pytest.approx(gained, abs=1e-6)


@given(scripts, scripts, walks, st.integers(4, 29))
@settings(deadline=None, max_examples=40)
def test_a_longer_future_changes_no_trade_that_was_closed(
    enters: set[int], exits: set[int], steps: list[float], cut: int
) -> None:
    scripted = type("Scripted", (Protected,), {"enters": enters, "exits": exits})
    whole = backtest(scripted, walk(steps), stake_amount="unlimited")
    early = backtest(scripted, walk(steps)[:cut], stake_amount="unlimited")
    ended_at = early.stop
    closed = [trade for trade in early.trades if trade.close_date < ended_at]
    assert whole.trades[: len(closed)] == closed


def test_the_same_candles_have_the_same_fingerprint_and_other_ones_another() -> None:
    first, again, other = (backtest(Marked, rows) for rows in (calm(5), calm(5), calm(6)))
    assert first.data_hash == again.data_hash != other.data_hash
    assert first.pairs == [PAIR]
