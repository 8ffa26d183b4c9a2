"""Replay recordings of venues into normalised events: `tidegate replay FILE… --out events.jsonl`.

Every frame of the files is decoded, checked and validated as the live feed is, without any server:
by the sessions of `streaming.exchanges` and the rules of `market.validation`. Files are merged by
time, so that REST answers recorded beside a websocket find their way to its books.

`--out` gets one event a line, in the order of receipt, with the original times: `ts_event` the
venue's, `ts_init` that of the frame, nanoseconds UTC; prices and sizes as decimal strings. What was
refused is there too, as `quarantined` with its reason and its first 64 KiB.

`--summary` gets one JSON document:

    {"venues": {"binance": {<counts>, "symbols": {"BTC/USDT": {<counts>}, …}}, …},
     "total": {<counts>},
     "problems": ["<file>: cut off; what comes before the cut was read"]}

    <counts> = {"frames": 41249,                       received messages and REST answers
                "events": {"trade": 9757, …},          by kind
                "ignored": {"candles": 12, …},         frames that are no market data, by name
                "gaps": 0,                             holes in a venue's sequence
                "checksum_ok": 0, "checksum_failed": 0,
                "quarantined": {"<reason>": 1, …}}

A venue's counts are its sums, frames about no symbol included (`heartbeat`, `http:exchangeInfo`).
A frame about two symbols counts once for the venue and once for each of them.

Exit status: 0, 1 where a file was damaged (what could be read is written), 2 where nothing was done.
"""

import argparse
import heapq
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from market.codecs import to_json_line
from market.events import MarketEvent
from runtime.recordings import (
    VENUES,
    DamagedRecording,
    Recorded,
    Recording,
    RecordingError,
    open_recording,
)
from streaming._replay_summary import summary_document
from streaming._replay_venue import VenueReplay, snapshots_in

OK, DAMAGED, REFUSED = 0, 1, 2


def replay(recordings: Sequence[Recording], out: BinaryIO) -> tuple[dict[str, object], list[str]]:
    """Write the events of the recordings to `out`; return the summary and what was damaged."""
    problems: list[str] = []

    def write(event: MarketEvent) -> None:
        out.write(to_json_line(event))

    venues: dict[str, VenueReplay] = {}
    for venue, snapshots in _snapshots_by_venue(recordings).items():
        venues[venue] = VenueReplay(venue, snapshots, write)
    newest_ns = 0
    streams = [_undamaged(recording, recording.records(), problems) for recording in recordings]
    for recording, record in heapq.merge(*streams, key=lambda pair: pair[1].ts_ns):
        newest_ns = max(newest_ns, record.ts_ns)
        venues[recording.venue].play(record)
    for played in venues.values():
        played.finish(newest_ns)
    return summary_document({venue: played.summary for venue, played in venues.items()}, problems), problems


def _snapshots_by_venue(recordings: Sequence[Recording]) -> dict[str, Counter[str]]:
    """Read ahead which book snapshots are to come: a delta need not wait for one that is not."""
    found: dict[str, Counter[str]] = {}
    for recording in recordings:
        answers = (record for _, record in _undamaged(recording, recording.answers(), []))
        found.setdefault(recording.venue, Counter()).update(snapshots_in(answers))
    return found


def _undamaged(
    recording: Recording, records: Iterator[Recorded], problems: list[str]
) -> Iterator[tuple[Recording, Recorded]]:
    """Yield what can be read; note the damage behind it."""
    try:
        for record in records:
            yield recording, record
    except DamagedRecording as error:
        problems.append(str(error))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; messages of one line go to stderr."""
    options = _parser().parse_args(arguments)
    try:
        recordings = [open_recording(path, options.venue) for path in options.files]
        with _written_whole(options.out) as out:
            summary, problems = replay(recordings, out)
        if options.summary is not None:
            with _written_whole(options.summary) as out:
                out.write(msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n")
    except (RecordingError, OSError) as error:
        print(f"tidegate replay: {error}", file=sys.stderr)  # noqa: T201
        return REFUSED
    for problem in problems:
        print(f"tidegate replay: {problem}", file=sys.stderr)  # noqa: T201
    return DAMAGED if problems else OK


@contextmanager
def _written_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes its name only once it is whole."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("wb", buffering=1 << 20) as out:
            yield out
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tidegate replay", description="Decode and check recordings of venues' feeds."
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="recordings, plain, .zst or .gz")
    parser.add_argument(
        "--out", type=Path, required=True, help="file for the events, one JSON document a line"
    )
    parser.add_argument("--summary", type=Path, help="file for the counts, JSON")
    parser.add_argument(
        "--venue", choices=sorted(VENUES.values()), help="the venue, where the files don't tell"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
