"""Which venues a recording can be served as, and in one line for the supervisor."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import structlog

from market.clock import Clock
from simulator.dialects._interface import Gateway
from simulator.errors import BadRecording
from simulator.recorded import source as binance
from simulator.recorded import stream_source as streamed
from simulator.recorded.gateway import RecordedGateway
from simulator.recorded.source import Source, find_files
from simulator.recorded.stream_gateway import StreamGateway
from simulator.recorded.stream_source import StreamSource

_ORDER = ("binance", "coinbase", "kraken", "binance_us", "binance_usdm", "binance_coinm")
_NEEDS = dict.fromkeys(binance.VENUES, "a book snapshot of REST beside its frames") | {
    "coinbase": "frames of Advanced Trade with a book snapshot, not of the older feed",
    "kraken": "frames of version 2 of its websocket with a book snapshot",
}
"""What a recording of a venue must hold to be served."""

_log = structlog.get_logger()


class Found(NamedTuple):
    """What can be served of a recording, best venue first, and a line for each that can't."""

    sources: list[Source | StreamSource]
    left_out: list[str]


def open_sources(path: Path) -> Found:
    """Look through a file or folder and return what can be served of it.

    Raises:
        BadRecording: nothing can be served; the message says why in one line.
    """
    files = find_files(path)
    sources: list[Source | StreamSource] = []
    left_out: list[str] = []
    for venue in sorted(files.by_venue, key=_rank):
        source = _open(venue, files)
        if source is not None:
            sources.append(source)
        else:
            needed = _NEEDS.get(venue, f"a venue of {', '.join(_NEEDS)}")
            left_out.append(f"{venue}: can't be served, that needs {needed}")
    if not sources and left_out:
        raise BadRecording(f"{path}: {'; '.join(left_out)}; `tidegate replay` decodes it without serving it")
    if not sources:
        raise BadRecording(f"{path}: no recording: {(files.reasons or ['it holds no file'])[0]}")
    return Found(sources, left_out)


def recorded_gateways(path: Path, *, speed: float, seed: int, clock: Clock) -> Sequence[Gateway]:
    """Return every venue of a recording that can be served, those of Binance from the same moment on.

    Raises:
        BadRecording: nothing can be served.
    """
    found = open_sources(path)
    for line in found.left_out:
        _log.warning("recording_left_out", reason=line)
    first_ns = min((source.first_ns for source in found.sources if isinstance(source, Source)), default=0)
    start_ns = clock.now_ns()
    return [
        RecordedGateway(source, first_ns=first_ns, speed=speed, seed=seed, start_ns=start_ns)
        if isinstance(source, Source)
        else StreamGateway(source, speed=speed, seed=seed, start_ns=start_ns)
        for source in found.sources
    ]


def describe(path: Path, currency: str | None = None) -> str:
    """Return the recording's venues and symbols, and what was left out, as one line of JSON.

    An account has one currency, so that only symbols in one quote currency are named: `currency`,
    or else the one that most of the recording is quoted in. Perpetuals are named where there is
    nothing else. The others are served all the same.

    Raises:
        BadRecording: nothing can be served, or nothing in `currency`.
    """
    sources, left_out = open_sources(path)
    quotes = [_quote(item.symbol) for source in sources for item in source.symbols]
    counts = Counter([quote for quote in quotes if ":" not in quote] or quotes)
    if currency:
        counts = Counter(
            {quote: count for quote, count in counts.items() if quote.partition(":")[0] == currency}
        )
        if not counts:
            raise BadRecording(
                f"{path}: nothing in it is quoted in {currency}, which the account is kept in: "
                "unset TIDEGATE_TRADING_CURRENCY to take the recording's"
            )
    chosen = counts.most_common(1)[0][0]  # of equals the first, which is the best venue's
    venues: list[str] = []
    symbols: dict[str, None] = {}
    for source in sources:
        named = [item.symbol for item in source.symbols if _quote(item.symbol) == chosen]
        others = [item.symbol for item in source.symbols if _quote(item.symbol) != chosen]
        if named:
            venues.append(source.venue)
            symbols.update(dict.fromkeys(named))
        if others:
            names = ", ".join(others)
            left_out.append(f"{source.venue}: {names} left out, only what is quoted in {chosen} is followed")
    document = {"venues": venues, "symbols": list(symbols), "left_out": left_out}
    return msgspec.json.encode(document).decode()


def _open(venue: str, files: binance.Files) -> Source | StreamSource | None:
    if venue in binance.VENUES:
        return binance.open_source(venue, files.by_venue[venue])
    if venue in streamed.VENUES:
        return streamed.open_stream_source(venue, files.by_venue[venue])
    return None


def _rank(venue: str) -> tuple[int, str]:
    return (_ORDER.index(venue) if venue in _ORDER else len(_ORDER), venue)


def _quote(symbol: str) -> str:
    """Return what a symbol is quoted in, with the settle currency of a perpetual: `USDT:USDT`."""
    return symbol.partition("/")[2]
