"""Record a venue's raw feed: `tidegate record --venue binance --symbols BTC/USDT --out FILE.jsonl.zst`.

The venue is described and its sessions are kept in step as in a collector, so that the recording
holds what a replay needs: the instruments, each connection, and the book snapshots that the
sessions asked for. With `TIDEGATE_SIMULATOR_URL` set, the simulator is recorded instead. It runs
until `--seconds` are over, or Ctrl-C, whether the venue can be reached or not; the file is readable
up to the last second at any time. Without a single frame no file is left; one that is there already
is not touched.
"""

import argparse
import asyncio
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

import uvloop
import zstandard

from market.clock import Clock, SystemClock
from market.errors import MarketError
from runtime.errors import RuntimeFailure
from runtime.logs import configure_logs
from runtime.settings import CoreSettings, load
from runtime.shutdown import stop_event
from streaming._tape import Tape, TapedExchange
from streaming.collectors.connection import Connection
from streaming.collectors.rest import Rest
from streaming.collectors.urls import base_urls
from streaming.exchanges import exchange
from streaming.exchanges._interface import Decoded, Exchange

PAUSE_S_MAX = 10.0
LOOK_S = 0.1
STOP_S = 2.0
"""So long what goes on may take to stop."""
FLUSH_LOOKS = 10
"""The file is made readable once in so many looks at the clock: once a second."""

SIMULATOR_HINT = "a running simulator is recorded with TIDEGATE_SIMULATOR_URL=http://127.0.0.1:8100"

OK, NOTHING, REFUSED = 0, 1, 2


async def record(
    venue: Exchange,
    symbols: Sequence[str],
    out: zstandard.ZstdCompressionWriter,
    stop: threading.Event,
    *,
    simulator_url: str | None,
    seconds: float | None,
    clock: Clock,
) -> int:
    """Record until `stop` is set or `seconds` are over; return how many frames came."""
    ws_url, rest_url = base_urls(venue, simulator_url)
    tape = Tape(cast(BinaryIO, out), clock)
    tape.header(venue.venue, symbols)
    rest = Rest(venue.venue, rest_url)
    may_connect = asyncio.Event()
    connections = [
        Connection(
            TapedExchange(venue, tape, f"ws.{number}", subscription, ws_url).as_exchange(),
            subscription,
            ws_url=ws_url,
            rest=rest,
            clock=clock,
            on_decoded=_let_go,
            pause_s_max=PAUSE_S_MAX,
        )
        for number, subscription in enumerate(venue.subscriptions(symbols), start=1)
    ]
    tasks = [asyncio.create_task(connection.run(may_connect)) for connection in connections]
    tasks.append(asyncio.create_task(_describe(venue, rest, tape, may_connect)))
    looks, began = 0, time.monotonic()
    while not stop.is_set() and (seconds is None or time.monotonic() - began < seconds):
        await asyncio.sleep(LOOK_S)
        looks += 1
        for connection in connections:
            connection.check_silence()
        if looks % FLUSH_LOOKS == 0:
            out.flush(zstandard.FLUSH_BLOCK)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=STOP_S)
    await rest.close()
    for task in tasks:
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            raise error
    return tape.frames


async def _describe(venue: Exchange, rest: Rest, tape: Tape, may_connect: asyncio.Event) -> None:
    """Write the instruments, which a replay needs first; then let the connections begin."""
    body = await rest.get(venue.instruments_request())
    if body is not None:
        tape.http(venue.instruments_request(), body)
    may_connect.set()


def _let_go(_decoded: Decoded) -> None:
    """Take decoded events, which the tape does not need: a replay makes them again."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; messages of one line go to stderr."""
    options = _parser().parse_args(arguments)
    stop = stop_event()
    try:
        settings = load(CoreSettings)
        configure_logs("record", settings.log_level)
        venue = exchange(options.venue)
        compressor = zstandard.ZstdCompressor(level=6)
        with options.out.open("xb") as file, compressor.stream_writer(file) as out:
            frames = uvloop.run(
                record(
                    venue,
                    options.symbols or settings.symbols,
                    out,
                    stop,
                    simulator_url=settings.simulator_url,
                    seconds=options.seconds,
                    clock=SystemClock(),
                )
            )
    except FileExistsError:
        sys.stderr.write(f"tidegate record: {options.out} exists; a recording is not overwritten\n")
        return REFUSED
    except (RuntimeFailure, MarketError, OSError) as error:
        sys.stderr.write(f"tidegate record: {error}\n")
        return REFUSED
    if frames:
        sys.stderr.write(f"tidegate record: {frames} frames recorded in {options.out}\n")
        return OK
    if options.out.is_file():
        options.out.unlink()
    sys.stderr.write(f"tidegate record: 0 frames recorded, no file kept: {_unreached(venue, settings)}\n")
    return NOTHING


def _unreached(venue: Exchange, settings: CoreSettings) -> str:
    if settings.simulator_url is not None:
        return f"{venue.venue} could not be reached at TIDEGATE_SIMULATOR_URL={settings.simulator_url}"
    return f"{venue.venue} could not be reached; {SIMULATOR_HINT}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tidegate record",
        description="Record a venue's raw feed. When not one frame comes, no file is left and the exit "
        f"code is 1. Without internet, {SIMULATOR_HINT}.",
    )
    parser.add_argument("--venue", required=True, help="binance, coinbase, kraken, …")
    parser.add_argument(
        "--symbols", type=_symbols, help="such as BTC/USDT,ETH/USDT (default: TIDEGATE_SYMBOLS)"
    )
    parser.add_argument("--out", required=True, type=Path, help="file to write, FILE.jsonl.zst")
    parser.add_argument("--seconds", type=float, help="stop after so long (default: at Ctrl-C)")
    return parser


def _symbols(text: str) -> list[str]:
    return [symbol.strip().upper() for symbol in text.split(",") if symbol.strip()]


if __name__ == "__main__":
    sys.exit(main())
