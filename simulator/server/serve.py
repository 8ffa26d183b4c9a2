"""A running simulator: venues, socket server and the loop, as one context manager."""

import asyncio
import errno
from collections.abc import Sequence
from typing import Self

from market.clock import Clock
from runtime.errors import PortInUse
from runtime.settings import CoreSettings
from simulator.dialects._interface import Gateway
from simulator.dialects.catalog import generated_gateways
from simulator.recorded.catalog import recorded_gateways
from simulator.server.clients import Clients
from simulator.server.connection import Connection
from simulator.server.control import Control
from simulator.server.pages import SimulatorPages
from simulator.settings import SimulatorSettings

_HOST = "127.0.0.1"  # a fake exchange is nobody else's business
_CLOSE_S = 2.0


class Simulator:
    """The local exchange on one port, from entering to leaving the context."""

    def __init__(
        self, core: CoreSettings, settings: SimulatorSettings, clock: Clock, *, port: int | None = None
    ) -> None:
        self._wanted_port = core.simulator_port if port is None else port
        self._gateways = _gateways(core, settings, clock)
        self._clients = Clients(self._gateways, clock)
        self.control = Control(self._gateways, self._clients, clock)
        self._pages = SimulatorPages(self._gateways, self._clients, self.control, clock)
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self._steps: asyncio.Task[None] | None = None

    @property
    def venues(self) -> list[str]:
        """The venues served."""
        return [gateway.venue for gateway in self._gateways]

    @property
    def port(self) -> int:
        """The port it listens on."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self._connection, _HOST, self._wanted_port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise PortInUse(
                f"port {self._wanted_port} is in use; stop what holds it, "
                "or set TIDEGATE_PORT_BASE to another base"
            ) from None
        self._steps = asyncio.create_task(self.control.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        assert self._steps is not None
        self._steps.cancel()
        self._pages.close()
        self._server.close()
        for connection in list(self._connections):
            connection.close()
        await asyncio.wait([self._steps], timeout=_CLOSE_S)

    def _connection(self) -> Connection:
        return Connection(self._pages, self._connections)


def _gateways(core: CoreSettings, settings: SimulatorSettings, clock: Clock) -> Sequence[Gateway]:
    if core.recording is not None:
        return recorded_gateways(core.recording, speed=settings.speed, seed=settings.seed, clock=clock)
    return generated_gateways(
        core.symbols, seed=settings.seed, updates_per_s=settings.updates_per_s, now_ns=clock.now_ns()
    )
