"""`python -m streaming.collectors VENUE`: one venue's collector as a process."""

import logging
import sys

import uvloop

from market.clock import SystemClock
from market.errors import MarketError
from market.topics import TOPICS
from runtime.errors import RuntimeFailure, exit_code_of
from runtime.event_log import open_event_log
from runtime.health import HealthServer
from runtime.logs import configure_logs
from runtime.settings import CoreSettings, load
from runtime.shutdown import stop_event
from streaming.collectors.collector import Collector, collect
from streaming.collectors.urls import base_urls
from streaming.exchanges import exchange
from streaming.settings import CollectorSettings


def main(arguments: list[str]) -> int:
    """Read the settings, collect until stopped; the exit code."""
    stop = stop_event()
    try:
        if len(arguments) != 1:
            raise SystemExit("usage: python -m streaming.collectors VENUE, such as binance")
        core, settings = load(CoreSettings), load(CollectorSettings)
        configure_logs(f"collector-{arguments[0]}", core.log_level)
        logging.getLogger("picows").setLevel(logging.WARNING)
        venue = exchange(arguments[0])
        ws_url, rest_url = base_urls(venue, core.simulator_url)
        event_log = open_event_log(core)
        event_log.create_topics(TOPICS)
        collector = Collector(
            venue,
            list(core.symbols),
            ws_url=ws_url,
            rest_url=rest_url,
            event_log=event_log,
            settings=settings,
            clock=SystemClock(),
        )
        port = core.collector_port(arguments[0])
        with HealthServer(core.bind_host, port, {"collector": collector.problem}) as health:
            health.set_ready(is_ready=True)
            uvloop.run(collect(collector, stop))
        event_log.close()
    except (RuntimeFailure, MarketError) as error:
        sys.stderr.write(f"collector: {error}\n")
        return exit_code_of(error)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
