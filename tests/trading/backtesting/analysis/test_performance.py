"""The marked account, its ratios and tables."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trading.backtesting.analysis import (
    BadTrades,
    Chance,
    EquityCurve,
    equity_curve,
    hold_curve,
    measure,
    risk_of,
    trade_table,
)
from trading.backtesting.analysis.trade_table import rows_of

START = datetime(2024, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def candles(prices: list[float], start: datetime = START) -> pd.DataFrame:
    dates = pd.date_range(start, periods=len(prices), freq="1h").as_unit("ms")
    columns = dict.fromkeys(("open", "high", "low", "close"), prices)
    return pd.DataFrame({"date": dates, **columns, "volume": 1.0}).astype(dict.fromkeys(columns, "float64"))


def trade(opened: int, closed: int, entry: float, leave: float, **more: Any) -> SimpleNamespace:
    """A trade over hours of the range; one unit, no fee unless told."""
    values: dict[str, Any] = {
        "pair": "BTC/USDT",
        "amount": 1.0,
        "exit_reason": "roi",
        "enter_tag": None,
        "is_short": False,
        "leverage": 1.0,
        "fee_open": 0.0,
        "fee_close": 0.0,
    } | more
    sign = -1 if values["is_short"] else 1
    fees = values["amount"] * (entry * values["fee_open"] + leave * values["fee_close"])
    profit = sign * values["amount"] * (leave - entry) - fees
    stake = values["amount"] * entry / values["leverage"]
    return SimpleNamespace(
        open_date=START + opened * HOUR,
        close_date=START + closed * HOUR,
        open_rate=entry,
        close_rate=leave,
        stake_amount=stake,
        profit_abs=values.pop("profit_abs", profit),
        profit_ratio=profit / stake,
        **values,
    )


def curve_of(*trades: SimpleNamespace, prices: list[float], balance: float = 1000.0) -> list[float]:
    end = START + (len(prices) - 1) * HOUR
    table = trade_table(trades)
    curve = equity_curve(
        table, starting_balance=balance, start=START, end=end, candles={"BTC/USDT": candles(prices)}
    )
    return curve.equity.tolist()


def test_an_open_long_is_marked_at_each_close() -> None:
    assert curve_of(trade(1, 3, 100, 120), prices=[100, 90, 110, 120, 50]) == [1000, 990, 1010, 1020, 1020]


def test_an_open_short_gains_when_the_price_falls() -> None:
    held = trade(1, 3, 100, 80, is_short=True, leverage=2.0)
    assert curve_of(held, prices=[100, 110, 90, 80, 500]) == [1000, 990, 1010, 1020, 1020]


def test_both_fees_are_in_the_mark() -> None:
    held = trade(0, 2, 100, 100, fee_open=0.01, fee_close=0.02)
    assert curve_of(held, prices=[100, 100, 100]) == pytest.approx([997, 997, 997])


def test_a_trade_inside_one_candle_shows_at_its_close() -> None:
    assert curve_of(trade(1, 1, 100, 95), prices=[100, 100, 100]) == [1000, 995, 995]


def test_added_and_partly_sold_positions_follow_their_orders() -> None:
    def order(hour: int, amount: float, price: float, *, is_entry: bool) -> dict[str, Any]:
        return {
            "order_filled_timestamp": int((START + hour * HOUR).timestamp() * 1000),
            "amount": amount,
            "safe_price": price,
            "ft_is_entry": is_entry,
            "cost": amount * price,
        }

    orders = [
        order(0, 1, 100, is_entry=True),
        order(1, 1, 80, is_entry=True),
        order(2, 1, 90, is_entry=False),
        order(3, 1, 110, is_entry=False),
    ]
    held = trade(0, 3, 90, 110, amount=2.0, orders=orders, profit_abs=20.0)
    assert curve_of(held, prices=[100, 80, 90, 110]) == [1000, 980, 1000, 1020]
    end = START + 3 * HOUR
    found = measure(trade_table([held]), starting_balance=1000, start=START, end=end)
    assert found.usage.turnover == 100 + 80 + 90 + 110


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.floats(50, 150), min_size=6, max_size=60),
    st.lists(st.tuples(st.integers(0, 58), st.integers(0, 20), st.booleans()), max_size=12),
)
def test_the_curve_ends_at_the_balance_plus_all_profits(
    prices: list[float], held: list[tuple[int, int, bool]]
) -> None:
    last = len(prices) - 1
    trades = []
    for opened, length, is_short in held:
        first = min(opened, last)
        until = min(first + length, last)
        trades.append(
            trade(
                first, until, prices[first], prices[until], is_short=is_short, fee_open=0.001, fee_close=0.001
            )
        )
    curve = curve_of(*trades, prices=prices)
    assert curve[-1] == pytest.approx(1000 + sum(held.profit_abs for held in trades), abs=1e-9)
    assert len(curve) == len(prices)


def test_without_candles_the_curve_has_a_point_per_close() -> None:
    table = trade_table([trade(5, 9, 100, 110), trade(1, 3, 100, 95)])
    curve = equity_curve(table, starting_balance=100, start=START, end=START + 10 * HOUR)
    assert curve.equity.tolist() == [100, 95, 105, 105]


def test_buy_and_hold_splits_the_balance_over_the_pairs() -> None:
    late = candles([50, 100], start=START + 2 * HOUR)
    frames = {"BTC/USDT": candles([100, 150, 200, 200]), "ETH/USDT": late}
    curve = hold_curve(frames, starting_balance=1000, start=START, end=START + 3 * HOUR, fee=0.0)
    assert curve.equity.tolist() == [1000, 1250, 1500, 2000]


def test_days_without_a_candle_have_no_return() -> None:
    day = 86_400 * 10**9
    curve = EquityCurve(np.array([0, day - 1, 3 * day]), np.array([1.0, 110.0, 99.0]), 100.0)
    assert curve.daily_returns() == pytest.approx([0.1, 0, 0, -0.1])


def test_ratios_follow_their_written_definitions() -> None:
    day = 86_400 * 10**9
    equity = np.array([110.0, 99.0, 108.9, 100.0])
    risk = risk_of(EquityCurve(np.arange(4) * day, equity, 100.0))
    returns = np.array([0.1, -0.1, 0.1, 100 / 108.9 - 1])
    assert risk.sharpe == pytest.approx(returns.mean() / returns.std(ddof=1) * 365**0.5)
    downside = np.sqrt((np.minimum(returns, 0) ** 2).mean())
    assert risk.sortino == pytest.approx(returns.mean() / downside * 365**0.5)
    assert risk.drawdown_max == pytest.approx(0.1)
    assert risk.drawdown_duration_s == 3 * 86_400
    assert risk.calmar == pytest.approx(0.0, abs=1e-9)


def test_a_curve_that_never_falls_has_no_drawdown_and_no_calmar() -> None:
    risk = risk_of(EquityCurve(np.arange(3) * 86_400 * 10**9, np.array([100.0, 101.0, 103.0]), 100.0))
    assert (risk.drawdown_max, risk.drawdown_duration_s, risk.calmar, risk.sortino) == (0, 0, None, None)


def test_exposure_counts_overlapping_trades_once() -> None:
    table = trade_table([trade(0, 4, 100, 101), trade(2, 6, 100, 101), trade(6, 8, 100, 101)])
    found = measure(table, starting_balance=1000, start=START, end=START + 16 * HOUR)
    assert found.usage.exposure == pytest.approx(0.5)
    assert found.usage.open_trades_max == 2
    assert found.usage.capital_in_use == pytest.approx(100 * 10 / 16 / 1000)


def test_tables_add_up_to_the_whole() -> None:
    trades = [
        trade(0, 4, 100, 110, enter_tag="dip", exit_reason="roi"),
        trade(5, 800, 100, 95, enter_tag="cross", exit_reason="stop_loss", pair="ETH/USDT"),
        trade(6, 900, 100, 103, exit_reason="roi"),
    ]
    frames = {pair: candles([100.0] * 1000) for pair in ("BTC/USDT", "ETH/USDT")}
    found = measure(
        trade_table(trades), starting_balance=1000, start=START, end=START + 999 * HOUR, candles=frames
    )
    for table in (found.per_pair, found.per_enter_tag, found.per_exit_reason):
        assert sum(row.profit_abs for row in table) == pytest.approx(8)
        assert sum(row.trades for row in table) == 3
    assert [row.key for row in found.per_enter_tag] == ["dip", "", "cross"]
    assert [(row.month, row.trades, row.profit_abs) for row in found.months] == [(1, 1, 10), (2, 2, -2)]
    grown = np.prod([1 + row.change for row in found.months])
    assert grown == pytest.approx(1008 / 1000)
    assert found.hold is not None
    assert found.hold.total_return == pytest.approx(0)


def test_no_trades_are_measured_without_a_failure() -> None:
    found = measure(
        trade_table([]),
        starting_balance=1000,
        start=START,
        end=START + 999 * HOUR,
        candles={"BTC/USDT": candles([100.0] * 1000)},
        chance=Chance(trials=5),
    )
    assert (found.figures.trades, found.risk.total_return, found.usage.exposure) == (0, 0, 0)
    assert (found.risk.sharpe, found.sharpe_interval, found.deflated) == (None, None, None)


def test_a_trade_that_lacks_an_attribute_is_refused_by_name() -> None:
    with pytest.raises(BadTrades, match="close_date"):
        trade_table([SimpleNamespace(pair="BTC/USDT", open_date=START)])


def test_rows_keep_their_order() -> None:
    table = trade_table([trade(5, 9, 100, 110), trade(1, 3, 100, 95)])
    assert [row.open_rate for row in rows_of(table)] == [100, 100]
    assert [row.close_rate for row in rows_of(table)] == [110, 95]
