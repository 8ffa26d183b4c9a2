"""`python -m simulator`: the local exchange, until SIGTERM or SIGINT."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

import structlog

from market.clock import SystemClock
from market.errors import MarketError
from runtime.errors import RuntimeFailure, exit_code_of
from runtime.logs import configure_logs
from runtime.settings import CoreSettings, load
from simulator.errors import SimulatorError
from simulator.recorded.catalog import describe
from simulator.server.serve import Simulator
from simulator.settings import SimulatorSettings


def main() -> int:
    """Parse the command line, then describe a recording or serve."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument(
        "--describe", metavar="PATH", type=Path, help="print a recording's venues and symbols"
    )
    parser.add_argument(
        "--currency", help="with --describe: name only what is quoted in it (default: what most is)"
    )
    parser.add_argument("--speed", type=float, help="how fast a recording is replayed (1 is as it was)")
    arguments = parser.parse_args()
    try:
        if arguments.describe is not None:
            sys.stdout.write(describe(arguments.describe, arguments.currency) + "\n")
            return 0
        core, settings = load(CoreSettings), load(SimulatorSettings)
        if arguments.speed is not None:
            settings = SimulatorSettings(**{**settings.model_dump(), "speed": arguments.speed})
        configure_logs("simulator", core.log_level)
        asyncio.run(_serve(core, settings))
    except (RuntimeFailure, SimulatorError, MarketError, ValueError) as error:
        sys.stderr.write(f"simulator: {error}\n")
        return exit_code_of(error)
    return 0


async def _serve(core: CoreSettings, settings: SimulatorSettings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Simulator(core, settings, SystemClock()) as simulator:
        structlog.get_logger().info("simulator_ready", port=simulator.port, venues=simulator.venues)
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
