"""What people see of markets and feeds, and what seeing costs."""

import time
from decimal import Decimal

from market.clock import NS_PER_S
from market.events import QualityState
from tests.trading.core.builders import BTC, ETH, Bench, bar, enter, frame, levels


def test_markets_show_prices_ages_and_the_days_change() -> None:
    bench = Bench()
    bench.engine.on_bar(bar(close="80", close_time=bench.clock.now_ns() - 3600 * NS_PER_S))
    bench.engine.on_bar(bar(close="90", close_time=bench.clock.now_ns()))
    bench.engine.on_bar(bar(close="1", close_time=bench.clock.now_ns()))
    bench.after(2)

    btc, eth = bench.engine.markets()

    assert (btc.symbol, btc.last_price, btc.change_ratio_24h) == (BTC, 100, Decimal("0.25"))
    assert (eth.symbol, eth.change_ratio_24h) == (ETH, None)
    assert [(view.venue, view.bid, view.ask, view.age_ms) for view in btc.venues] == [
        ("binance", 100, 101, 2000),
        ("kraken", 100, 101, 2000),
    ]


def test_bars_older_than_a_day_leave_the_days_change() -> None:
    bench = Bench()
    now = bench.clock.now_ns()
    bench.engine.on_bar(bar(close="50", close_time=now - 100_000 * NS_PER_S))
    bench.engine.on_bar(bar(close="80", close_time=now - 3600 * NS_PER_S))

    assert bench.engine.markets()[0].change_ratio_24h == Decimal("0.25")


def test_feeds_show_the_flows_judgement_and_turn_stale_in_silence() -> None:
    bench = Bench()
    bench.judge(QualityState.DEGRADED, venue="kraken")
    feeds = {(view.symbol, view.venue): view for view in bench.engine.feeds()}
    assert feeds[BTC, "binance"].state == "ok"
    assert (feeds[BTC, "kraken"].state, feeds[BTC, "kraken"].reason) == ("degraded", "a gap")

    bench.after(9)

    assert {view.state for view in bench.engine.feeds()} == {"stale"}
    assert bench.engine.feeds()[0].reason == "nothing heard for 9 s"


def test_without_data_the_engine_is_reducing_and_says_why() -> None:
    bench = Bench(has_data=False)

    state = bench.engine.state()

    assert (state.trading_state, state.reason) == ("REDUCING", "no symbol has good data")
    assert state.reducing_symbols == [BTC, ETH]
    assert bench.engine.markets()[0].last_price is None


def test_a_crossed_or_one_sided_book_is_no_venue() -> None:
    bench = Bench()
    bench.live(bids=levels((105, 1)), asks=levels((101, 1)), after_s=0)
    bench.live(venue="kraken", asks=[], after_s=0)

    order = bench.engine.on_signal(enter())

    assert order.code == "risk.data_quality"
    assert bench.engine.state().reducing_symbols == [BTC]
    assert order.routing.excluded == {"binance": "its book is crossed", "kraken": "its book is one-sided"}


def test_a_frame_costs_less_than_20_microseconds_of_a_core() -> None:
    bench = Bench()
    bench.engine.on_signal(enter())
    frames = [frame(sequence=number) for number in range(2_000)]

    started = time.process_time()
    for item in frames:
        bench.engine.on_live(item)
    seconds = time.process_time() - started

    assert seconds / len(frames) < 20e-6
