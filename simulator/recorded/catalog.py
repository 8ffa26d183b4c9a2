"""Which venues a recording can be served as, and in one line for the supervisor."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from market.clock import Clock
from simulator.dialects._interface import Gateway
from simulator.recorded.gateway import RecordedGateway
from simulator.recorded.source import open_sources


def recorded_gateways(path: Path, *, speed: float, seed: int, clock: Clock) -> Sequence[Gateway]:
    """Return every venue of a recording that can be served, all from the same moment on.

    Raises:
        BadRecording: nothing can be served.
    """
    sources = open_sources(path)
    first_ns = min(source.first_ns for source in sources)
    start_ns = clock.now_ns()
    return [
        RecordedGateway(source, first_ns=first_ns, speed=speed, seed=seed, start_ns=start_ns)
        for source in sources
    ]


def describe(path: Path) -> str:
    """Return the recording's venues and symbols as one line of JSON.

    Tidegate follows the same symbols at every venue. Spot and futures name theirs differently, so
    that only the first kind is named here; the others are served all the same.

    Raises:
        BadRecording: nothing can be served.
    """
    sources = open_sources(path)
    first = sources[0]
    symbols = [item.symbol for item in first.symbols]
    venues = [source.venue for source in sources if {item.symbol for item in source.symbols} & set(symbols)]
    return msgspec.json.encode({"venues": venues, "symbols": symbols}).decode()
