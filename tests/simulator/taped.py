"""Recordings made by `tidegate record`, and what our sessions make of them when they are served."""

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from market.clock import NS_PER_MS, NS_PER_S, ManualClock
from market.events import BookDelta, BookSnapshot, Quote, Trade
from market.validation import Context, validate
from runtime.recordings import open_recording
from simulator.dialects._interface import Gateway, Request
from simulator.recorded.catalog import recorded_gateways
from simulator.recorded.stream_gateway import StreamGateway, StreamSession
from streaming.exchanges._interface import Exchange, Session
from tests.simulator.conftest import ROOT, Running
from tests.support.servers import START_S, until

START_NS = 1_795_356_031_123_456_789
STEP_NS = 20 * NS_PER_MS
SYMBOLS = ("BTC/USDT", "ETH/USDT")
ENOUGH = {"frames": 100, "trades": 20}
"""What a recording holds at least; a few seconds bring it."""
TIME = re.compile(rb"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?")


def record(simulator: Running, venues: Sequence[str], folder: Path) -> None:
    """Record venues of a running simulator until there is `ENOUGH`, all at once, a file each.

    Trades are pumped meanwhile: a quiet market may have none for longer than that.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")}
    environment |= {"TIDEGATE_SIMULATOR_URL": simulator.url(""), "PYTHONPATH": str(ROOT)}
    before, running = simulator.get("/control/counts"), {}
    for venue in venues:
        options = ["--venue", venue, "--symbols", ",".join(SYMBOLS)]
        command = [sys.executable, "-m", "streaming.record", *options]
        command += ["--out", str(folder / f"{venue}.jsonl.zst")]
        running[venue] = subprocess.Popen(command, cwd=ROOT, env=environment)

    def has_enough(venue: str) -> bool:
        sent = simulator.get("/control/counts")[venue]
        return all(sent.get(kind, 0) - before[venue].get(kind, 0) >= ENOUGH[kind] for kind in ENOUGH)

    try:
        simulator.post("/control/rate", {"updates_per_s": 50})
        for venue, process in running.items():
            until(partial(has_enough, venue), timeout_s=START_S, what=f"enough of {venue}", process=process)
        for process in running.values():
            process.send_signal(signal.SIGINT)
        assert {venue: process.wait(timeout=30) for venue, process in running.items()} == dict.fromkeys(
            venues, 0
        )
    finally:
        simulator.post("/control/rate", {"updates_per_s": None})
        for process in running.values():
            process.kill()
            process.wait()


def gateways(path: Path, *, speed: float = 1.0) -> dict[str, Gateway]:
    """Open what can be served of a recording, by venue."""
    found = recorded_gateways(path, speed=speed, seed=1, clock=ManualClock(START_NS))
    return {gateway.venue: gateway for gateway in found}


def stream_gateway(path: Path, venue: str, *, speed: float = 1.0) -> StreamGateway:
    """Open one venue whose stream tells the whole book."""
    gateway = gateways(path, speed=speed)[venue]
    assert isinstance(gateway, StreamGateway)
    return gateway


def received(path: Path) -> list[bytes]:
    """Return what the recorded connections received."""
    return [record.data for record in open_recording(path).records() if record.kind == "recv"]


def timeless(frame: bytes) -> bytes:
    """Return a frame without its times."""
    return TIME.sub(b"", frame)


def times_ns(frame: bytes) -> list[int]:
    """Return a frame's times in nanoseconds."""
    found = []
    for date, time, fraction in TIME.findall(frame):
        whole = datetime.fromisoformat(f"{date.decode()}T{time.decode()}+00:00")
        found.append(int(whole.timestamp()) * NS_PER_S + int(fraction.ljust(9, b"0")))
    return found


def connect(gateway: StreamGateway, *messages: Any, path: str, now_ns: int = START_NS) -> StreamSession:
    """Connect a client that sends messages, bytes or documents."""
    session = gateway.connect(Request("GET", path, {}))
    assert isinstance(session, StreamSession)
    for message in messages:
        text = message if isinstance(message, bytes) else json.dumps(message).encode()
        gateway.receive(session, text, now_ns)
    return session


class Heard(NamedTuple):
    """What a client of one served connection was sent, and what our session made of it."""

    frames: list[bytes]
    events: Counter[str]
    refused: list[str]
    session: Session
    end_ns: int


def listen(
    gateway: StreamGateway,
    exchange: Exchange,
    symbols: Sequence[str],
    *,
    now_ns: int = START_NS,
    seconds: float = 60,
) -> Heard:
    """Subscribe as our collector does and decode what comes until the venue hangs up."""
    (subscription,) = exchange.subscriptions(symbols)
    client = connect(gateway, *subscription.messages, path=subscription.url_path, now_ns=now_ns)
    session, context = exchange.session(subscription.symbols), Context()
    heard = Heard([], Counter(), [], session, now_ns)
    end_ns = now_ns + int(seconds * NS_PER_S)
    while not client.is_closing and now_ns < end_ns:
        now_ns += STEP_NS
        gateway.step(now_ns)
        outbox, client.outbox = client.outbox, []
        for frame in outbox:
            heard.frames.append(frame)
            decoded = session.on_frame(frame, now_ns)
            heard.refused.extend(refused.reason for refused in decoded.quarantined)
            heard.events.update(type(event).__name__ for event in decoded.events)
            for event in decoded.events:
                if isinstance(event, Trade | Quote | BookSnapshot | BookDelta):
                    rejected = validate(event, context)
                    heard.refused.extend([rejected.code] if rejected else [])
    gateway.disconnect(client)
    return heard._replace(end_ns=now_ns)
