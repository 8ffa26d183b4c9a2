"""Books and live frames: the newest top, conflated, and nothing from a broken book."""

from decimal import Decimal

from market.events import FeedState, LiveFrame
from market.instruments import InstrumentId
from market.topics import BOOKS, QUOTES
from streaming.flows.books import Books
from streaming.flows.rounds import Position
from tests.streaming.flows.rounds import PARTITION, a_round, received
from tests.support.market_events import NOON, delta, levels, quote, snapshot, status, trade

MS = 1_000_000
BTC = InstrumentId("BTC/USDT", "binance")


def _books() -> Books:
    return Books(10 * MS)


def _frames(books: Books, *events: object, at: int = NOON, offset: int = 0) -> list[LiveFrame]:
    return books(a_round(received(list(events), topic=BOOKS, offset=offset), now_ns=at)).frames  # type: ignore[arg-type]


def test_a_snapshot_and_its_deltas_make_the_top_of_a_frame() -> None:
    (frame,) = _frames(_books(), snapshot(), delta(levels(("99.5", "4"))))
    assert frame.bids == levels(("99.5", "4"), ("99", "1"), ("98", "2"))
    assert frame.asks == levels(("101", "1"), ("102", "2"))
    assert frame.last_price is None


def test_a_frame_holds_ten_levels_at_most() -> None:
    many = [(Decimal(100 - index), Decimal(1)) for index in range(40)]
    (frame,) = _frames(_books(), snapshot(bids=many, asks=[]))
    assert frame.bids == many[:10]


def test_frames_of_one_market_keep_their_distance_and_the_last_state_is_never_lost() -> None:
    books = _books()
    assert len(_frames(books, snapshot())) == 1
    assert _frames(books, delta(levels(("99.1", "1"))), at=NOON + 3 * MS) == []
    assert _frames(books, delta(levels(("99.2", "1")), sequence=3), at=NOON + 6 * MS) == []
    (frame,) = _frames(books, at=NOON + 10 * MS)
    assert frame.bids[0] == (Decimal("99.2"), Decimal(1))
    assert frame.sequence == 2
    assert _frames(books, at=NOON + 30 * MS) == [], "nothing changed since"


def test_a_quote_younger_than_the_book_says_what_the_top_is() -> None:
    books = _books()
    _frames(books, snapshot(at=NOON))
    young = quote("98.5", "101.5", NOON + 20 * MS)
    (frame,) = books(a_round(received([young], topic=QUOTES), now_ns=NOON + 20 * MS)).frames
    assert frame.bids == levels(("98.5", "2"), ("98", "2"))
    assert frame.asks == levels(("101.5", "3"), ("102", "2"))
    (frame,) = _frames(books, delta(levels(("99", "7")), at=NOON + 40 * MS), at=NOON + 40 * MS)
    assert frame.bids[0] == (Decimal(99), Decimal(7)), "now the book is younger"


def test_a_trade_alone_makes_a_frame_too() -> None:
    (frame,) = _books()(a_round(received([trade("123")]))).frames
    assert (frame.last_price, frame.bids) == (Decimal(123), [])


def test_a_delta_that_crosses_the_book_is_quarantined_and_the_book_waits_for_a_snapshot() -> None:
    books = _books()
    _frames(books, snapshot())
    round_ = books(
        a_round(received([delta(levels(("150", "1")))], topic=BOOKS, offset=5), now_ns=NOON + 20 * MS)
    )
    assert [(entry.event.reason, entry.position) for entry in round_.refused] == [
        ("data.crossed_book", f"market.books/{PARTITION}/5/0")
    ]
    assert books.book(BTC) is None
    _frames(books, delta(levels(("99", "1"))), at=NOON + 40 * MS)
    assert books.book(BTC) is None
    _frames(books, snapshot(), at=NOON + 60 * MS)
    assert books.book(BTC) is not None


def test_a_feed_that_resynchronises_has_no_book_until_its_snapshot() -> None:
    for state in (FeedState.RESYNC, FeedState.DOWN):
        books = _books()
        _frames(books, snapshot(), status(state))
        assert books.book(BTC) is None


def test_missing_batches_of_books_break_the_books_of_that_partition() -> None:
    books = _books()
    _frames(books, snapshot())
    books(a_round(received([], topic=BOOKS, offset=9, has_gap=True)))
    assert books.book(BTC) is None


def test_a_delta_that_does_not_continue_the_book_ends_it_until_the_next_snapshot() -> None:
    """One that the gate refused, for its time, would else leave its levels wrong for half a minute."""
    books = _books()
    _frames(books, snapshot(sequence=7))
    _frames(books, delta(levels(("99.4", "1")), sequence=8), at=NOON + 20 * MS)
    _frames(books, delta(levels(("99.5", "1")), sequence=10), at=NOON + 40 * MS)
    assert books.book(BTC) is None
    _frames(books, snapshot(sequence=11), at=NOON + 60 * MS)
    assert books.book(BTC) is not None


def test_a_delta_older_than_the_book_changes_nothing() -> None:
    books = _books()
    _frames(books, snapshot(sequence=7))
    assert _frames(books, delta(levels(("99.5", "1")), sequence=7), at=NOON + 20 * MS) == []


def test_a_restart_begins_again_at_the_oldest_snapshot_that_a_whole_book_stands_on() -> None:
    books = _books()
    _frames(books, snapshot(), offset=3)
    _frames(books, snapshot(symbol="ETH/USDT"), offset=4)
    round_ = books(a_round(received([delta()], topic=BOOKS, offset=8)))
    assert round_.positions[BOOKS.name, PARTITION] == Position(9, 3)
    _frames(books, snapshot(), offset=9)
    round_ = books(a_round(received([delta()], topic=BOOKS, offset=10)))
    assert round_.positions[BOOKS.name, PARTITION] == Position(11, 4)


def test_reading_again_after_a_restart_publishes_nothing_old() -> None:
    books = _books()
    assert books(a_round(received([snapshot()], topic=BOOKS, is_replay=True))).frames == []
    assert books.book(BTC) is not None
    assert len(_frames(books, delta(levels(("99", "2"))), at=NOON + 20 * MS)) == 1
