"""What differs between paper and a backtest, and why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from trading.backtesting.reality import Candle, Cause, Gap, Known, PaperTrade, differences
from trading.backtesting.result import ClosedOrder, ClosedTrade

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
END = NOON + timedelta(hours=12)


def replayed(minutes: int = 0, **changes: Any) -> ClosedTrade:
    opened, closed = NOON + minutes * MINUTE, NOON + (minutes + 10) * MINUTE
    orders = [
        ClosedOrder(
            ft_order_side=side,
            ft_is_entry=side == "buy",
            order_filled_timestamp=0,
            safe_price=price,
            amount=1.0,
            cost=price,
        )
        for side, price in (("buy", 100.0), ("sell", 101.0))
    ]
    trade = ClosedTrade(
        trade_id=1,
        pair="BTC/USDT",
        is_short=False,
        open_date=opened,
        close_date=closed,
        trade_duration=10,
        open_rate=100.0,
        close_rate=101.0,
        amount=1.0,
        stake_amount=100.0,
        max_stake_amount=100.0,
        leverage=1.0,
        fee_open=0.001,
        fee_close=0.001,
        profit_abs=0.8,
        profit_ratio=0.008,
        exit_reason="roi",
        enter_tag="",
        min_rate=99.0,
        max_rate=101.0,
        stop_loss_abs=95.0,
        stop_loss_ratio=-0.05,
        initial_stop_loss_abs=95.0,
        initial_stop_loss_ratio=-0.05,
        liquidation_price=None,
        funding_fees=0.0,
        orders=orders,
    )
    return msgspec.structs.replace(trade, **changes)


def paper(minutes: int = 0, **changes: Any) -> PaperTrade:
    trade = PaperTrade(
        open_date=NOON + minutes * MINUTE,
        close_date=NOON + (minutes + 10) * MINUTE,
        open_rate=100.0,
        decided_open_rate=100.0,
        close_rate=101.0,
        decided_close_rate=101.0,
        fee_open=0.001,
        exit_reason="roi",
        orders=2,
        profit_abs=0.8,
        code_hash="now",
        signal_close=99.9,
    )
    return msgspec.structs.replace(trade, **changes)


def known(**changes: Any) -> Known:
    candles = {NOON + index * MINUTE: Candle(99.9, NOON + index * MINUTE) for index in range(60)}
    return Known(**{"code_hash": "now", "timeframe": MINUTE, "candles": candles, "refusals": {}, **changes})


def found(ours: list[PaperTrade], theirs: list[ClosedTrade], facts: Known | None = None) -> list[Gap]:
    return differences(ours, theirs, facts or known(), until=END)


def causes(gaps: list[Gap]) -> list[tuple[str, Cause]]:
    return [(gap.field, gap.cause) for gap in gaps]


def test_equal_trades_have_no_difference() -> None:
    assert found([paper(), paper(20)], [replayed(), replayed(20)]) == []


def test_a_worse_fill_is_a_fill_and_a_moved_market_is_a_price() -> None:
    assert causes(found([paper(open_rate=100.05)], [replayed()])) == [("open_rate", Cause.FILL)]
    moved = paper(open_rate=100.2, decided_open_rate=100.19)
    (gap,) = found([moved], [replayed()])
    assert (gap.cause, gap.paper, gap.backtest) == (Cause.PRICE, "100.2", "100")
    assert "19.0 bps from the candle's" in gap.detail


def test_another_venues_fee_is_a_fill() -> None:
    assert causes(found([paper(fee_open=0.004)], [replayed()])) == [("fee_open", Cause.FILL)]


def test_another_candle_or_reason_of_the_exit_is_timing() -> None:
    later = paper(close_date=NOON + 11 * MINUTE, exit_reason="stop_loss")
    assert causes(found([later], [replayed()])) == [
        ("close_date", Cause.TIMING),
        ("exit_reason", Cause.TIMING),
    ]


def test_an_entry_in_a_near_candle_is_the_same_trade() -> None:
    assert causes(found([paper(2)], [replayed()]))[-1] == ("open_date", Cause.TIMING)
    assert {gap.field for gap in found([paper(9)], [replayed()])} == {"trade"}


def test_a_trade_that_only_one_side_made_says_why() -> None:
    assert causes(found([], [replayed()])) == [("trade", Cause.TIMING)]
    assert causes(found([paper()], [])) == [("trade", Cause.TIMING)]
    refused = known(refusals={NOON: "risk.max_exposure"})
    (gap,) = found([], [replayed()], refused)
    assert (gap.cause, gap.detail) == (
        Cause.FILL,
        "only in the backtest: the order was refused: risk.max_exposure",
    )


def test_a_revised_or_late_candle_is_a_data_revision() -> None:
    revised = known(candles={NOON: Candle(98.0, NOON)})
    (gap,) = found([paper()], [], revised)
    assert gap.cause is Cause.DATA_REVISION
    assert "closed at 99.9 then, at 98 now" in gap.detail
    late = known(candles={NOON: Candle(99.9, NOON + timedelta(minutes=5))})
    assert causes(found([], [replayed()], late)) == [("trade", Cause.DATA_REVISION)]
    assert causes(found([], [replayed()], known(candles={}))) == [("trade", Cause.DATA_REVISION)]


def test_a_trade_that_both_made_says_that_its_candle_was_revised() -> None:
    revised = known(candles={NOON: Candle(98.0, NOON)})
    assert causes(found([paper()], [replayed()], revised)) == [("signal_close", Cause.DATA_REVISION)]


def test_changed_code_explains_every_difference() -> None:
    old = paper(open_rate=105.0, exit_reason="exit_signal", code_hash="then")
    assert {gap.cause for gap in found([old], [replayed()])} == {Cause.CODE}
    assert causes(found([old], [])) == [("trade", Cause.CODE)]


def test_what_the_replay_ended_by_force_is_still_open_on_paper() -> None:
    forced = replayed(close_date=END, exit_reason="force_exit")
    still_open = paper(close_date=None, close_rate=None, decided_close_rate=None, orders=1)
    assert found([still_open], [forced]) == []
    assert causes(found([paper(orders=1)], [forced])) == [("close_date", Cause.TIMING)]
