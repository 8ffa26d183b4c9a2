"""Paper fills take from the live book what is there, and no more."""

from decimal import Decimal

from market.clock import NS_PER_S
from tests.trading.core.builders import BTC, FEES, START_NS, Bench, enter, frame, leave, levels
from trading.core.instruments import InstrumentTable
from trading.core.matching import match
from trading.core.orders import Order


def test_a_market_order_walks_the_levels_and_pays_the_taker_fee_on_each() -> None:
    bench = Bench()
    bench.live(venue="kraken", asks=levels((200, 10)), after_s=0)
    bench.live(asks=levels((101, 4), (102, 100)))

    order = bench.engine.on_signal(enter(size="10"))

    assert order.state == "FILLED"
    fills = bench.engine.fills()[::-1]
    assert [(fill.price, fill.size, fill.liquidity) for fill in fills] == [
        (Decimal(101), Decimal(4), "taker"),
        (Decimal(102), Decimal(6), "taker"),
    ]
    assert [fill.fee for fill in fills] == [Decimal("0.404"), Decimal("0.612")]
    assert order.average_price == Decimal("101.6")


def test_a_market_order_in_a_thin_book_takes_its_rest_from_the_next_frame() -> None:
    bench = Bench()
    for venue in ("binance", "kraken"):
        bench.live(venue=venue, asks=levels((101, 4)), after_s=0)

    first = bench.engine.on_signal(enter(size="10"))
    assert (first.state, first.filled_size) == ("PARTIALLY_FILLED", Decimal(4))

    bench.live(asks=levels((103, 50)))
    last = bench.engine.orders()[0]
    assert (last.state, last.filled_size) == ("FILLED", Decimal(10))


def test_the_same_frame_never_fills_an_order_twice() -> None:
    bench = Bench()
    thin = frame(asks=levels((101, 4)), ts=bench.after(1))
    bench.engine.on_live(thin)
    bench.engine.on_live(frame(venue="kraken", asks=levels((105, 4)), ts=bench.clock.now_ns()))
    bench.engine.on_signal(enter(size="10"))

    bench.engine.on_live(thin)

    assert bench.engine.orders()[0].filled_size == Decimal(4)


def test_two_orders_never_share_the_liquidity_of_one_frame() -> None:
    bench = Bench()
    bench.live(venue="kraken", asks=levels((200, 10)), after_s=0)
    bench.live(asks=levels((101, 4), (102, 4)))

    bench.engine.on_signal(enter("one", size="3"))
    bench.engine.on_signal(enter("two", size="3"))

    assert [(fill.price, fill.size) for fill in bench.engine.fills()[::-1]] == [
        (Decimal(101), Decimal(3)),
        (Decimal(101), Decimal(1)),
        (Decimal(102), Decimal(2)),
    ]


def test_a_limit_order_that_the_book_does_not_reach_rests_and_fills_as_maker_at_its_limit() -> None:
    bench = Bench()

    resting = bench.engine.on_signal(enter(size="10", limit="99"))
    assert (resting.state, resting.type) == ("ACCEPTED", "limit")
    bench.live(asks=levels((98, 4), (99, 1), (100, 50)), bids=levels((97, 1)))

    [fill] = {(fill.price, fill.liquidity) for fill in bench.engine.fills()}
    assert fill == (Decimal(99), "maker")
    assert bench.engine.orders()[0].filled_size == Decimal(5)
    assert bench.engine.portfolio().fees == Decimal("0.495")


def test_a_limit_order_that_the_book_reaches_at_once_takes_up_to_its_limit() -> None:
    bench = Bench()
    bench.live(venue="kraken", asks=levels((200, 10)), after_s=0)
    bench.live(asks=levels((101, 4), (102, 4), (103, 100)))

    order = bench.engine.on_signal(enter(size="20", limit="102"))

    assert order.filled_size == Decimal(8)
    assert {fill.liquidity for fill in bench.engine.fills()} == {"taker"}


def test_a_sell_limit_fills_when_bids_come_up_to_it() -> None:
    bench = Bench()
    bench.engine.on_signal(enter(size="5"))
    bench.engine.on_signal(leave(limit="110"))

    bench.live(bids=levels((111, 3), (109, 50)), asks=levels((112, 1)))

    newest = bench.engine.fills()[0]
    assert (newest.price, newest.size, newest.liquidity) == (Decimal(110), Decimal(3), "maker")


def test_sizes_are_rounded_down_to_the_increment() -> None:
    bench = Bench()
    bench.live(venue="kraken", asks=levels((200, 10)), after_s=0)
    bench.live(asks=levels(("101", "0.123456789"), ("102", 1000)))

    order = bench.engine.on_signal(enter(stake="1000"))

    assert order.size == Decimal("9.90099")
    assert bench.engine.fills()[-1].size == Decimal("0.12345")


def test_a_frame_that_is_older_than_the_last_fill_gives_nothing() -> None:
    bench = Bench()
    bench.live(asks=levels((101, 4)), after_s=0)
    bench.live(venue="kraken", asks=levels((101, 4)), after_s=0)
    bench.engine.on_signal(enter(size="10"))
    state = bench.engine._state
    order: Order = next(iter(state.open_orders.values()))
    old = frame(asks=levels((50, 100)), ts=START_NS - NS_PER_S)

    assert match(order, old, InstrumentTable(FEES).get(BTC, "binance"), taken=Decimal(0)) == []
