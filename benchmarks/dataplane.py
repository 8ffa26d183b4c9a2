"""Measure the data plane: what it carries without loss, and how long a frame takes.

    python -m benchmarks.dataplane                        both, on both event logs, five minutes
    python -m benchmarks.dataplane --event-log kafka      only on a Kafka-protocol broker (Tansu)
    python -m benchmarks.dataplane --rate 50000 --seconds 20 --only throughput

Throughput: the simulator pumps trades at a fixed rate through collectors, log, validation, bars and
archive; the trades that it sent must be the rows in the table. Latency: from a frame's arrival at
the collector (`ts_init`) until it can be read from the log, until its live frame can, and until a
client of the trading API has it. Each leg begins at the arrival.
"""

import argparse
import os
import platform
import signal
import sys
import time

from benchmarks.dataplane_latency import measure_log, measure_websocket
from benchmarks.dataplane_system import DataPlane
from market.topics import LIVE, TRADES

DRAIN_S = 60.0
EVENT_LOGS = ("postgres", "kafka")
LATENCY_RATE = 1_000.0
LATENCY_SECONDS = 20.0
LEG_SECONDS = 8.0
PAUSED = 0.001
WARM_UP_S = 5.0


def main() -> int:
    """Run what was asked; 1 when something was lost."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that the processes are stopped, too
    event_logs = EVENT_LOGS if arguments.event_log == "both" else (arguments.event_log,)
    is_whole = [measure(event_log, arguments) for event_log in event_logs]
    return 0 if all(is_whole) else 1


def measure(event_log: str, arguments: argparse.Namespace) -> bool:
    """Measure on one event log; whether nothing was lost."""
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f}, event log: {event_log}")
    is_whole = True
    with DataPlane(event_log, with_trading=arguments.websocket) as plane:
        if arguments.only != "throughput":
            latency(plane, with_websocket=arguments.websocket)
        if arguments.only != "latency":
            is_whole = throughput(plane, arguments.rate, arguments.seconds)
    return is_whole


def throughput(plane: DataPlane, rate: float, seconds: float) -> bool:
    """Pump trades for a while, let everything drain, compare both ends; whether nothing was lost."""
    plane.set_rate(rate)
    time.sleep(WARM_UP_S)
    sent_before, used_before, began = plane.trades_sent(), plane.cpu_seconds(), time.monotonic()
    time.sleep(seconds)
    sent_during = plane.trades_sent() - sent_before
    elapsed = time.monotonic() - began
    used = plane.cpu_seconds()
    plane.set_rate(PAUSED)
    time.sleep(1.0)
    sent = plane.trades_sent()
    written, drain_s = plane.wait_until_written(sent, DRAIN_S)
    print(f"throughput: {sent_during / elapsed:,.0f} trades/s for {elapsed:.0f} s (asked: {rate:,.0f})")
    print(f"  sent {sent:,}, written {written:,}, lost {sent - written:,}; drained in {drain_s:.1f} s")
    print_cores(used_before, used, elapsed)
    return sent == written


def latency(plane: DataPlane, *, with_websocket: bool) -> None:
    """Pump trades at a low rate and time what comes out."""
    plane.set_rate(LATENCY_RATE)
    time.sleep(WARM_UP_S)
    used, began = plane.cpu_seconds(), time.monotonic()
    print(f"latency at {LATENCY_RATE:,.0f} trades/s, from a frame's arrival:")
    if with_websocket:
        print("  at a websocket client:    " + measure_websocket(plane.base, LATENCY_SECONDS), flush=True)
    print("  readable as a live frame: " + measure_log(plane.settings, LIVE, LEG_SECONDS))
    print("  readable as a trade:      " + measure_log(plane.settings, TRADES, LEG_SECONDS))
    print_cores(used, plane.cpu_seconds(), time.monotonic() - began)
    plane.set_rate(PAUSED)


def print_cores(before: dict[str, float], after: dict[str, float], elapsed_s: float) -> None:
    """Print how many cores each process used between two readings of its processor time."""
    cores = {name: (after[name] - before[name]) / elapsed_s for name in after}
    ours = sum(share for name, share in cores.items() if name != "simulator")
    print("  cores: " + ", ".join(f"{name} {share:.2f}" for name, share in cores.items()))
    print(f"  cores without the simulator: {ours:.2f}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.dataplane", description=__doc__.splitlines()[0])
    parser.add_argument("--event-log", choices=(*EVENT_LOGS, "both"), default="both")
    parser.add_argument("--rate", type=float, default=10_000.0, help="trades a second (default: 10,000)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (default: 60)")
    parser.add_argument("--only", choices=("throughput", "latency"))
    parser.add_argument(
        "--websocket",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="start the trading API and time its stream (default: yes)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
