"""`python -m streaming.flows`: the flows as a process."""

import sys

from market.clock import SystemClock
from runtime.errors import RuntimeFailure, exit_code_of
from runtime.health import HealthServer
from runtime.logs import configure_logs
from runtime.settings import CoreSettings, load
from runtime.shutdown import stop_event
from streaming.flows.run import Flows
from streaming.settings import FlowsSettings


def main() -> int:
    """Read the settings, run until stopped; the exit code."""
    stop = stop_event()
    try:
        core, settings = load(CoreSettings), load(FlowsSettings)
        configure_logs("flows", core.log_level)
        with HealthServer(core.bind_host, core.flows_port) as health:
            Flows(core, settings, SystemClock()).run(stop, health)
    except RuntimeFailure as error:
        sys.stderr.write(f"flows: {error}\n")
        return exit_code_of(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
