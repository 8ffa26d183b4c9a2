"""What a recording holds: its files by venue, its symbols, and its records in order of time."""

from collections.abc import Iterator, Sequence
from heapq import merge
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import msgspec

from runtime.recordings import DamagedRecording, Recorded, Recording, RecordingError, open_recording
from simulator.errors import BadRecording
from simulator.recorded.frames import event_ns, parse

VENUES = ("binance", "binance_us", "binance_usdm", "binance_coinm")
"""The venues whose books begin with a REST snapshot, best first."""

FILES_MAX = 1000
_QUOTES = ("FDUSD", "USDT", "USDC", "TUSD", "BUSD", "USD", "EUR", "GBP", "TRY", "BTC", "ETH", "BNB")
_PROBE_RECORDS = 400


class Snapshot(msgspec.Struct):
    """A book as REST shows it."""

    lastUpdateId: int  # noqa: N815 - the venue's name
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


class RecordedSymbol(NamedTuple):
    """A symbol that can be served: its first book and first traded price."""

    name: str
    symbol: str
    snapshot: Snapshot
    first_price: str


class Source(NamedTuple):
    """One venue of a recording. `skew_ns` is how far its clock runs ahead of the recorder's."""

    venue: str
    files: tuple[Recording, ...]
    symbols: tuple[RecordedSymbol, ...]
    first_ns: int
    skew_ns: int

    def records(self) -> Iterator[Recorded]:
        """Yield the records of all files in order of time; a damaged file ends early."""
        return merge(*(_readable(file) for file in self.files), key=lambda record: record.ts_ns)


class Files(NamedTuple):
    """A path's recordings by venue, and why its other files are none."""

    by_venue: dict[str, list[Recording]]
    reasons: list[str]


def find_files(path: Path) -> Files:
    """Find out the recordings in a file or folder.

    Raises:
        BadRecording: there is no such path.
    """
    if not path.exists():
        raise BadRecording(f"{path}: no such file or folder; set TIDEGATE_RECORDING to a recording")
    paths = (
        sorted(file for file in path.rglob("*") if file.is_file())[:FILES_MAX] if path.is_dir() else [path]
    )
    files: dict[str, list[Recording]] = {}
    reasons: list[str] = []
    for file in paths:
        try:
            recording = open_recording(file)
        except (RecordingError, OSError) as error:
            reasons.append(str(error))
            continue
        files.setdefault(recording.venue, []).append(recording)
    return Files(files, reasons)


def symbol_of(name: str, venue: str) -> str | None:
    """Return `BTC/USDT` for `BTCUSDT`, with the settle currency of a perpetual; nothing if unknown."""
    if venue == "binance_coinm":
        base = name.removesuffix("USD_PERP")
        return f"{base}/USD:{base}" if base != name else None
    quote = next((quote for quote in _QUOTES if name.endswith(quote) and name != quote), None)
    if quote is None:
        return None
    pair = f"{name.removesuffix(quote)}/{quote}"
    return f"{pair}:{quote}" if venue == "binance_usdm" else pair


def snapshot_of(record: Recorded) -> tuple[str, Snapshot] | None:
    """Return the symbol's name and the book of a recorded REST answer; nothing for other answers."""
    url = urlsplit(record.url)
    name = parse_qs(url.query).get("symbol", [""])[0]
    if not url.path.endswith("/depth") or not name:
        return None
    try:
        return name.upper(), msgspec.json.decode(record.data, type=Snapshot)
    except msgspec.MsgspecError:
        return None


def _readable(file: Recording) -> Iterator[Recorded]:
    try:
        yield from file.records()
    except DamagedRecording:
        return


def open_source(venue: str, files: Sequence[Recording]) -> Source | None:
    """Read a venue's files once: first time, first books and prices, and the clock's skew.

    Return nothing where they hold no book snapshot with frames to it.
    """
    snapshots: dict[str, Snapshot] = {}
    prices: dict[str, str] = {}
    skews: list[int] = []
    first_ns = 0
    for record in Source(venue, tuple(files), (), 0, 0).records():
        if record.kind == "http":
            found = snapshot_of(record)
            if found and found[0] not in snapshots:
                snapshots[found[0]] = found[1]
        elif record.kind == "recv" and (frame := parse(record.data)):
            first_ns = first_ns or record.ts_ns
            if len(skews) < _PROBE_RECORDS and (written_ns := event_ns(frame.data)):
                skews.append(written_ns - record.ts_ns)
            if frame.kind in ("trade", "aggTrade") and frame.symbol not in prices:
                prices[frame.symbol] = msgspec.json.decode(frame.data)["p"]
        if skews and len(skews) >= _PROBE_RECORDS and prices.keys() >= snapshots.keys() and snapshots:
            break
    symbols = [
        RecordedSymbol(name, symbol, snapshot, prices[name])
        for name, snapshot in sorted(snapshots.items())
        if name in prices and (symbol := symbol_of(name, venue))
    ]
    if not symbols or not skews:
        return None
    return Source(venue, tuple(files), tuple(symbols), first_ns, max(skews))
