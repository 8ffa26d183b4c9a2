"""Trades: copies, names that strategies use, and the fills that make a position."""

import copy
import pickle
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trading.strategy_framework.trades.builders import OPENED, a_trade, an_open_trade, an_order
from trading.strategy_framework.trades import TradeBook
from trading.strategy_framework.trades.arithmetic.rounding import round8


@given(st.one_of(st.floats(-20, 20), st.floats(allow_nan=False, allow_infinity=False)))
def test_the_fast_rounding_is_the_slow_one(value: float) -> None:
    assert repr(round8(value)) == repr(round(value, 8))


def test_fees_are_paid_on_both_sides() -> None:
    trade = an_open_trade()
    assert trade.open_trade_value == 200.2
    assert trade.calc_close_trade_value(110.0) == 219.78
    assert trade.calc_profit(110.0) == 19.58
    assert trade.calc_profit_ratio(110.0) == 0.0978022


def test_a_short_earns_from_falling_prices_times_its_leverage() -> None:
    trade = an_open_trade(is_short=True, leverage=2.0, trading_mode="futures")
    assert trade.stake_amount == 100.0
    assert trade.calc_profit_ratio(90.0) == 0.19639640


def test_a_kept_value_is_not_used_after_the_fields_changed() -> None:
    trade = an_open_trade()
    before = trade.calc_profit_ratio(110.0)
    trade.fee_close = 0.0
    assert trade.calc_profit_ratio(110.0) > before
    trade.amount = 1.0
    assert trade.calc_close_trade_value(110.0) == 110.0


@given(st.floats(0.01, 1e6), st.floats(-0.9, 5))
def test_the_price_for_a_roi_gives_that_roi(price: float, roi: float) -> None:
    trade = an_open_trade(price=price)
    assert trade.calc_profit_ratio(trade.calc_close_rate_for_roi(roi)) == pytest.approx(roi, abs=1e-7)


def test_adding_averages_the_price_and_a_partial_exit_leaves_it() -> None:
    trade = an_open_trade()
    an_order(trade, "buy", 2.0, 50.0, minutes=5).close_bt_order(OPENED, trade)
    assert (trade.open_rate, trade.amount, trade.stake_amount) == (75.0, 4.0, 300.0)
    an_order(trade, "sell", 1.0, 90.0, minutes=9).close_bt_order(OPENED, trade)
    trade.recalc_trade_from_orders()
    assert (trade.open_rate, trade.amount, trade.stake_amount) == (75.0, 3.0, 225.0)
    assert trade.realized_profit == pytest.approx(1 * 90 * 0.999 - 1 * 75 * 1.001)
    assert (trade.nr_of_successful_entries, trade.nr_of_successful_exits) == (2, 1)


def test_a_trade_that_closes_has_the_profit_of_all_its_exits() -> None:
    trade = an_open_trade()
    an_order(trade, "sell", 1.0, 110.0).close_bt_order(OPENED, trade)
    trade.recalc_trade_from_orders()
    an_order(trade, "sell", 1.0, 120.0).close_bt_order(OPENED, trade)
    trade.close_date = OPENED + timedelta(minutes=5)
    trade.close(120.0)
    assert not trade.is_open
    assert trade.close_profit_abs == pytest.approx(230 * 0.999 - 200 * 1.001)
    assert trade.close_profit == pytest.approx(trade.close_profit_abs / 200.2)


def test_a_stop_moves_only_in_the_trades_favour() -> None:
    trade = an_open_trade(price_precision=0.01)
    trade.adjust_stop_loss(110.0, -0.1)
    assert (trade.stop_loss, trade.is_stop_loss_trailing) == (99.0, True)
    trade.adjust_stop_loss(90.0, -0.1)
    assert trade.stop_loss == 99.0
    trade.adjust_stop_loss(90.0, -0.1, allow_refresh=True)
    assert trade.stop_loss == 81.0
    assert trade.initial_stop_loss == 90.0


def test_the_stop_is_rounded_to_the_safe_side() -> None:
    long = an_open_trade(price=100.5, price_precision=0.5)
    short = an_open_trade(price=100.5, price_precision=0.5, is_short=True)
    assert (long.stop_loss, short.stop_loss) == (90.5, 110.5)


def test_a_deep_copy_is_a_trade_of_its_own() -> None:
    trade = an_open_trade()
    trade.scratch = {"seen": [1]}  # type: ignore[attr-defined]
    copied = copy.deepcopy(trade)
    assert copied.to_json() == trade.to_json()
    assert copied.orders[0].trade is copied
    copied.orders[0].filled = 0.5
    copied.stop_loss = 1.0
    copied.scratch["seen"].append(2)  # type: ignore[attr-defined]
    assert trade.orders[0].filled == 2.0
    assert trade.stop_loss != 1.0
    assert trade.scratch == {"seen": [1]}  # type: ignore[attr-defined]


def test_a_trade_goes_to_another_process_and_back() -> None:
    trade = an_open_trade()
    assert pickle.loads(pickle.dumps(trade)).to_json() == trade.to_json()


def test_old_names_still_answer() -> None:
    trade = a_trade(enter_tag="dip", exit_reason="roi")
    assert (trade.buy_tag, trade.sell_reason) == ("dip", "roi")


def test_notes_belong_to_the_run_and_outlive_copies() -> None:
    with TradeBook("5m").active():
        copy.deepcopy(a_trade()).set_custom_data("Level", 3)
        assert a_trade().get_custom_data("level") == 3
        assert a_trade(id=2).get_custom_data("level", "none") == "none"
    with TradeBook("5m").active():
        assert a_trade().get_all_custom_data() == []


def test_an_order_that_is_neither_entry_nor_exit_is_refused() -> None:
    trade = an_open_trade()
    order = an_order(trade, "hold", 1.0, 100.0, order_type="limit")
    order.status = "closed"
    with pytest.raises(ValueError, match="trade 1: unknown order side 'hold'"):
        trade.update_trade(order)
