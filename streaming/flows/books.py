"""Step 3: order books, and from them the live frames, conflated.

Frames of all instruments that changed go out together, at once after a calm, and at most every
`interval_ns`: one message then carries many. Quotes are often younger than the book (Binance sends
depth ten times a second): the younger of the two says what the top is.
"""

from collections.abc import Iterable
from decimal import Decimal

from market.events import (
    BookDelta,
    BookSnapshot,
    FeedState,
    FeedStatus,
    Level,
    LiveFrame,
    MarketEvent,
    Quote,
    Trade,
)
from market.instruments import InstrumentId
from market.order_book import OrderBook
from market.topics import BARS, BOOKS, QUARANTINE
from market.validation import Rejected
from market.validation.crossed_book import RULE as CROSSED_BOOK
from market.validation.crossed_book import crossing_of
from streaming.flows.decode import place_of
from streaming.flows.metrics import FRAMES, QUARANTINED
from streaming.flows.rounds import Position, Received, Refused, Round
from streaming.flows.validate import quarantined

FRAME_DEPTH = 10
BOOK_DEPTH_MAX = 500
"""Levels a side that a book keeps when it is trimmed at each snapshot."""


class _Market:
    """What is known of one instrument now."""

    __slots__ = (
        "book", "book_ts", "is_dirty", "last", "partition", "quote", "sequence", "snapshot_offset",
        "ts_event", "ts_init",
    )  # fmt: skip

    def __init__(self, partition: int) -> None:
        self.partition = partition
        self.book: OrderBook | None = None
        self.book_ts = 0
        self.snapshot_offset = 0
        self.quote: Quote | None = None
        self.last: Trade | None = None
        self.ts_event = self.ts_init = self.sequence = 0
        self.is_dirty = False

    def see(self, event: MarketEvent) -> None:
        self.ts_init = max(event.ts_init, self.ts_init)
        self.ts_event = max(self.ts_event, event.ts_event)
        self.is_dirty = True


class Books:
    """Keep every instrument's book, quote and last trade; say when a frame is due."""

    def __init__(self, interval_ns: int) -> None:
        """Take the least time between two frames of one instrument, nanoseconds."""
        self._interval_ns = interval_ns
        self._published_ns = 0
        self._markets: dict[InstrumentId, _Market] = {}

    def __call__(self, round_: Round) -> Round:
        """Apply the round's events; fill `frames`, and the BOOKS positions to begin again from."""
        is_replay = False
        for batch in round_.batches:
            if batch.topic in (BARS.name, QUARANTINE.name):
                continue
            is_replay = is_replay or batch.is_replay
            self._apply_batch(batch, round_.refused)
        if not is_replay and round_.now_ns - self._published_ns >= self._interval_ns:
            round_.frames = list(self._frames())
            self._published_ns = round_.now_ns if round_.frames else self._published_ns
        for key, position in round_.positions.items():
            if key[0] == BOOKS.name:
                replay = self._replay_offset(key[1], position.next_offset)
                round_.positions[key] = Position(position.next_offset, replay)
        return round_

    def book(self, instrument_id: InstrumentId) -> OrderBook | None:
        """Return the instrument's book while it is whole."""
        market = self._markets.get(instrument_id)
        return market.book if market else None

    def _apply_batch(self, batch: Received, refused: list[Refused]) -> None:
        if batch.has_gap and batch.topic == BOOKS.name:
            self._forget_books(batch.partition)
        for index, event in enumerate(batch.events):
            market = self._markets.get(event.instrument_id)
            if market is None:
                market = self._markets[event.instrument_id] = _Market(batch.partition)
            if isinstance(event, BookDelta):
                crossing = _apply_delta(market, event)
                if crossing and not batch.is_replay:
                    place = place_of(batch.topic, batch.partition, batch.offset, index)
                    rejected = Rejected(CROSSED_BOOK.code, crossing)
                    refused.append(Refused(quarantined(event, rejected), place, is_ours=True))
                    QUARANTINED.labels(CROSSED_BOOK.code).inc()
            elif isinstance(event, BookSnapshot):
                _apply_snapshot(market, event, batch.offset)
            elif isinstance(event, Quote):
                market.quote = event
                market.see(event)
            elif isinstance(event, Trade):
                market.last = event
                market.see(event)
            elif isinstance(event, FeedStatus) and event.state is not FeedState.LIVE:
                market.quote = None if event.state is FeedState.DOWN else market.quote
                market.book = market.book if batch.topic != BOOKS.name else None

    def _frames(self) -> Iterable[LiveFrame]:
        for (symbol, venue), market in self._markets.items():
            if not market.is_dirty:
                continue
            market.is_dirty = False
            bids, asks = _top(market)
            if not bids and not asks and market.last is None:
                continue
            market.sequence += 1
            FRAMES.inc()
            yield LiveFrame(
                venue=venue,
                symbol=symbol,
                ts_event=market.ts_event,
                ts_init=market.ts_init,
                sequence=market.sequence,
                bids=bids,
                asks=asks,
                last_price=market.last.price if market.last else None,
                last_size=market.last.size if market.last else None,
                last_side=market.last.side if market.last else None,
            )

    def _forget_books(self, partition: int) -> None:
        for market in self._markets.values():
            if market.partition == partition:
                market.book = None

    def _replay_offset(self, partition: int, next_offset: int) -> int:
        whole = [
            market.snapshot_offset
            for market in self._markets.values()
            if market.partition == partition and market.book is not None
        ]
        return min([next_offset, *whole])


def _apply_snapshot(market: _Market, snapshot: BookSnapshot, offset: int) -> None:
    market.book = market.book or OrderBook()
    market.book.replace(snapshot)
    market.book.truncate(BOOK_DEPTH_MAX)
    market.book_ts, market.snapshot_offset = snapshot.ts_init, offset
    market.see(snapshot)


def _apply_delta(market: _Market, delta: BookDelta) -> str | None:
    """Apply a delta to a whole book; when that crosses it, forget the book and say how.

    A delta says in `first_sequence` what it continues. Where that is not what the book has, the gate
    refused the one between, or a batch was overtaken: the book waits for its next snapshot.
    """
    if market.book is None or delta.sequence <= market.book.sequence:
        return None
    if delta.first_sequence > market.book.sequence + 1:
        market.book = None
        return None
    market.book.apply(delta)
    if market.book.is_crossed:
        crossing = crossing_of(market.book.best_bid, market.book.best_ask)
        market.book = None
        return crossing
    market.book_ts = delta.ts_init
    market.see(delta)
    return None


def _top(market: _Market) -> tuple[list[Level], list[Level]]:
    bids = market.book.bids(FRAME_DEPTH) if market.book else []
    asks = market.book.asks(FRAME_DEPTH) if market.book else []
    quote = market.quote
    if quote is None or quote.ts_init < market.book_ts:
        return bids, asks
    return (
        _under(quote.bid_price, quote.bid_size, [level for level in bids if level[0] < quote.bid_price]),
        _under(quote.ask_price, quote.ask_size, [level for level in asks if level[0] > quote.ask_price]),
    )


def _under(price: Decimal, size: Decimal, rest: list[Level]) -> list[Level]:
    return [(price, size), *rest][:FRAME_DEPTH] if size else rest
