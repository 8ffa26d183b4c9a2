"""Prices that can't be trusted must leave no trace in what outlives them."""

from decimal import Decimal

import pytest

from market.clock import NS_PER_S
from market.events import QualityState
from tests.trading.core.builders import BTC, VENUES, Bench, enter, frame, leave, levels
from trading.core.portfolio import DAY_NS
from trading.core.views import TradingState


def spoiled(bench: Bench, price: int, *, symbol: str = BTC) -> None:
    """Show an absurd book on every venue, and that its data is known to be bad."""
    for venue in VENUES:
        bench.live(
            venue=venue, symbol=symbol, bids=levels((price, 10)), asks=levels((price + 1, 10)), after_s=0
        )
        bench.judge(QualityState.DEGRADED, venue=venue, symbol=symbol)


def restored(bench: Bench, *, symbol: str = BTC) -> None:
    for venue in VENUES:
        bench.live(venue=venue, symbol=symbol, after_s=0)
        bench.judge(QualityState.OK, venue=venue, symbol=symbol)


def test_an_absurd_price_of_bad_data_is_no_peak() -> None:
    bench = Bench()
    bench.engine.on_signal(enter(stake="10000"))
    bench.after(61)
    spoiled(bench, 1_000)
    bench.engine.on_clock(bench.clock.now_ns())
    restored(bench)
    bench.engine.on_clock(bench.after(61))
    restored(bench)
    assert bench.engine.state().trading_state is TradingState.ACTIVE
    assert bench.engine.portfolio().drawdown > Decimal("-0.01")


def test_a_day_that_begins_with_bad_data_begins_at_the_last_good_price() -> None:
    bench = Bench()
    bench.engine.on_signal(enter(stake="10000"))
    bench.clock.advance(DAY_NS)
    spoiled(bench, 1)
    bench.engine.on_clock(bench.clock.now_ns())
    restored(bench)
    assert abs(bench.engine.portfolio().today_pnl) < 200


def test_a_frame_from_the_future_is_not_fresh_for_ever() -> None:
    bench = Bench()
    ahead = bench.clock.now_ns() + 3_600 * NS_PER_S
    for venue in VENUES:
        bench.engine.on_live(frame(venue=venue, ts=ahead))
    denied = bench.engine.on_signal(enter())
    assert denied.code == "risk.data_quality"
    assert "ahead of this machine's clock" in denied.routing.excluded["binance"]


def test_what_was_known_before_a_silence_is_no_price_after_it() -> None:
    bench = Bench()
    bench.engine.on_signal(enter())
    bench.engine.forget_frames()
    for venue in VENUES:
        bench.judge(QualityState.OK, venue=venue)
    sold = bench.engine.on_signal(leave())
    assert (sold.state, sold.code) == ("DENIED", "route.no_venue")
    assert sold.routing.excluded["binance"] == "no prices yet"
    bench.live()
    assert bench.engine.on_signal(leave("exit-2")).state == "FILLED"


@pytest.mark.parametrize("capital", [1, 100_000])
def test_an_absurdly_large_order_is_refused_in_words(capital: int) -> None:
    bench = Bench(capital=Decimal(capital))
    huge = "999999999999.999999999999"
    denied = bench.engine.on_signal(enter(stake=None, size=huge, limit=huge))
    assert denied.code == "risk.max_exposure"
