"""What a recording holds of a venue whose stream tells the whole book: its tapes and symbols."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from runtime.recordings import DamagedRecording, Recorded, Recording
from simulator.recorded.coinbase import CoinbaseFormat
from simulator.recorded.kraken import KrakenFormat
from simulator.recorded.streams import UNREADABLE, Levels, StreamFormat
from simulator.recorded.times import first_ns

PROBE_FRAMES = 5000
"""So many frames of each file are looked at before it is served."""

_FORMATS: dict[str, StreamFormat] = {"coinbase": CoinbaseFormat(), "kraken": KrakenFormat()}
_DEPTHS = (10, 25, 100, 500, 1000)
VENUES = tuple(_FORMATS)


class StreamedSymbol(NamedTuple):
    """A symbol that can be served: its first book and first price."""

    symbol: str
    book: Levels
    first_price: str


class StreamTape(NamedTuple):
    """What one connection of a recording received; `topics` are its (channel, symbol)."""

    file: Recording
    conn: str
    topics: frozenset[tuple[str, str]]

    def records(self) -> Iterator[Recorded]:
        """Yield frames, and where the connection was made anew; a damaged file ends early."""
        try:
            for record in self.file.records():
                if record.conn == self.conn and record.kind in ("recv", "connect"):
                    yield record
        except DamagedRecording:
            return


class StreamSource(NamedTuple):
    """One venue of a recording. `skew_ns` is how far its clock runs ahead of the recorder's."""

    format: StreamFormat
    tapes: tuple[StreamTape, ...]
    symbols: tuple[StreamedSymbol, ...]
    skew_ns: int

    @property
    def venue(self) -> str:
        """The venue's name."""
        return self.format.venue


class _Probe:
    """What the first frames of a venue's files tell."""

    def __init__(self, stream_format: StreamFormat) -> None:
        self._format = stream_format
        self.topics: dict[str, set[tuple[str, str]]] = {}
        self.books: dict[str, Levels] = {}
        self.prices: dict[str, str] = {}
        self.skews: list[int] = []

    def take(self, record: Recorded) -> None:
        with contextlib.suppress(*UNREADABLE):
            self._read(record)

    def _read(self, record: Recorded) -> None:
        heard = self._format.heard(record.data)
        if heard.channel is None or not heard.symbols or not heard.kind:
            return
        self.topics.setdefault(record.conn, set()).update((heard.channel, name) for name in heard.symbols)
        if (written_ns := first_ns(record.data)) is not None:
            self.skews.append(written_ns - record.ts_ns)
        if heard.kind == "depth":
            for levels in self._format.books(record.data):
                if levels.is_snapshot and levels.rows:
                    self.books.setdefault(levels.symbol, levels)
        elif heard.kind == "trades":
            for trade in self._format.trades(record.data):
                self.prices.setdefault(trade.symbol, trade.price)


def open_stream_source(venue: str, files: Sequence[Recording]) -> StreamSource | None:
    """Look through the first frames of a venue's files; nothing if there is no book to serve."""
    stream_format = _FORMATS[venue]
    probe = _Probe(stream_format)
    tapes: list[StreamTape] = []
    for file in files:
        probe.topics = {}
        for record in _first_frames(file):
            probe.take(record)
        tapes += [StreamTape(file, conn, frozenset(topics)) for conn, topics in probe.topics.items()]
    symbols = [
        StreamedSymbol(symbol, book, probe.prices.get(symbol) or _best_price(book))
        for symbol, book in sorted(probe.books.items())
    ]
    if not symbols:
        return None
    if venue == "kraken":
        longest = max(sum(is_bid for is_bid, _, _ in item.book.rows) for item in symbols)
        stream_format = KrakenFormat(next((depth for depth in _DEPTHS if longest <= depth), None))
    return StreamSource(stream_format, tuple(tapes), tuple(symbols), max(probe.skews, default=0))


def _first_frames(file: Recording) -> Iterator[Recorded]:
    found = 0
    try:
        for record in file.records():
            if record.kind == "recv":
                yield record
                found += 1
                if found >= PROBE_FRAMES:
                    return
    except DamagedRecording:
        return


def _best_price(book: Levels) -> str:
    """Return the best bid, or the best ask of a book without bids."""
    bids = [price for is_bid, price, _ in book.rows if is_bid]
    return max(bids, key=float) if bids else min((price for _, price, _ in book.rows), key=float)
