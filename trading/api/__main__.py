"""`python -m trading.api`: the trading service and its dashboard, until SIGTERM or Ctrl-C."""

import sys

import structlog
import uvicorn

from market.clock import SystemClock
from market.errors import MarketError
from runtime.errors import EXIT_FAILED, EXIT_MISCONFIGURED, PortInUse, RuntimeFailure, SettingsError
from runtime.logs import configure_logs
from runtime.ports import is_port_free
from runtime.settings import CoreSettings, load
from runtime.shutdown import stop_event
from trading.api.app import create_app
from trading.api.wiring import LiveService
from trading.errors import LiveTradingRefused, TradingError
from trading.settings import TradingSettings
from trading.strategy_framework.errors import StrategyError


def main() -> int:
    """Serve; return 0 after a clean stop, else the exit code for what stood against it."""
    failures: list[BaseException] = []
    configure_logs("trading")
    try:
        core, trading = load(CoreSettings), load(TradingSettings)
        configure_logs("trading", core.log_level)
        if not is_port_free(core.api_port, core.bind_host):
            raise PortInUse(f"port {core.api_port} is taken; stop what holds it or set TIDEGATE_PORT_BASE")

        def on_fatal(error: BaseException) -> None:
            failures.append(error)
            server.should_exit = True

        stop_event()  # uvicorn raises the signal anew when it has stopped; this swallows it
        live = LiveService(core, trading, clock=SystemClock(), on_fatal=on_fatal)
        config = uvicorn.Config(
            create_app(live.services, live.lifespan),
            host=core.bind_host,
            port=core.api_port,
            loop="uvloop",
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_max_size=4096,
            server_header=False,
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=2,
        )
        server = uvicorn.Server(config)
        server.run()
    except (RuntimeFailure, MarketError, TradingError, StrategyError) as error:
        structlog.get_logger().error("refused_to_start", reason=str(error), code=error.code)
        is_misconfigured = isinstance(error, SettingsError | StrategyError | LiveTradingRefused)
        return EXIT_MISCONFIGURED if is_misconfigured else EXIT_FAILED
    return EXIT_FAILED if failures else 0


if __name__ == "__main__":
    sys.exit(main())
