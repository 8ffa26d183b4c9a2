"""Measure the data plane: what it carries without loss, and how long a frame takes.

    python -m benchmarks.dataplane                        both, on the PostgreSQL log
    python -m benchmarks.dataplane --event-log kafka      on a Kafka-protocol broker
    python -m benchmarks.dataplane --rate 50000 --seconds 20 --only throughput

Throughput: the simulator pumps trades at a fixed rate through collectors, log, validation, bars and
archive; the trades that it sent must be the rows in the table. Latency: from a frame's arrival at
the collector (`ts_init`) until its live frame can be read from the log, and, with `--websocket`,
until a client of the trading API has it.
"""

import argparse
import os
import platform
import time

from benchmarks.dataplane_latency import measure_log, measure_websocket
from benchmarks.dataplane_system import DataPlane

DRAIN_S = 60.0
LATENCY_RATE = 1_000.0
LATENCY_SECONDS = 20.0
PAUSED = 0.001
WARM_UP_S = 5.0


def main() -> int:
    """Run what was asked; 1 when something was lost."""
    arguments = _arguments()
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f}, log: {arguments.event_log}")
    is_whole = True
    with DataPlane(arguments.event_log, with_trading=arguments.websocket) as plane:
        if arguments.only != "throughput":
            latency(plane, with_websocket=arguments.websocket)
        if arguments.only != "latency":
            is_whole = throughput(plane, arguments.rate, arguments.seconds)
    return 0 if is_whole else 1


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
    cores = {name: (used[name] - used_before[name]) / elapsed for name in used}
    ours = sum(share for name, share in cores.items() if name != "simulator")
    print(f"throughput: {sent_during / elapsed:,.0f} trades/s for {elapsed:.0f} s (asked: {rate:,.0f})")
    print(f"  sent {sent:,}, written {written:,}, lost {sent - written:,}; drained in {drain_s:.1f} s")
    print("  cores: " + ", ".join(f"{name} {share:.2f}" for name, share in cores.items()))
    print(f"  cores without the simulator: {ours:.2f}", flush=True)
    return sent == written


def latency(plane: DataPlane, *, with_websocket: bool) -> None:
    """Pump trades at a low rate and time what comes out."""
    plane.set_rate(LATENCY_RATE)
    time.sleep(WARM_UP_S)
    print(f"latency at {LATENCY_RATE:,.0f} trades/s, from a frame's arrival:")
    print("  readable as a live frame: " + measure_log(plane.settings, LATENCY_SECONDS))
    if with_websocket:
        print("  at a websocket client:    " + measure_websocket(plane.base, LATENCY_SECONDS), flush=True)
    plane.set_rate(PAUSED)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.dataplane", description=__doc__.splitlines()[0])
    parser.add_argument("--event-log", choices=("postgres", "kafka"), default="postgres")
    parser.add_argument("--rate", type=float, default=10_000.0, help="trades a second (default: 10,000)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (default: 60)")
    parser.add_argument("--only", choices=("throughput", "latency"))
    parser.add_argument("--websocket", action="store_true", help="start the trading API and time its stream")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
