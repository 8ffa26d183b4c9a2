"""The loop that lets time pass for every venue, and the hands that tests lay on it."""

import asyncio
from collections.abc import Sequence

from market.clock import NS_PER_S, Clock
from simulator.dialects._interface import Gateway, GeneratedGateway
from simulator.errors import BadControl
from simulator.faults import Fault, FaultKind
from simulator.market_model.market import Market
from simulator.market_model.pump import TradePump
from simulator.server.clients import Clients

STEP_S = 0.02
PUMPED_STEP_S = 0.005
RATE_MAX = 1_000_000.0
STALL_S_MAX = 600.0
_GARBAGE = b'{"stream":"btcusdt@trade","data":{"e":"trade","p":"6183'


class Control:
    """Steps the venues and breaks them on demand. `problem` says why it is not ready."""

    def __init__(self, gateways: Sequence[Gateway], clients: Clients, clock: Clock) -> None:
        self.problem: str | None = "starting"
        self._gateways = {gateway.venue: gateway for gateway in gateways}
        self._clients = clients
        self._clock = clock
        self._pump: TradePump | None = None
        self._stalled_until_ns = dict.fromkeys(self._gateways, 0)

    async def run(self) -> None:
        """Step until cancelled: every 20 ms, and every 5 ms while trades are pumped.

        The statistics of the last day come first: later they would hold up the first clients.
        """
        for market in self._markets():
            market.day(self._clock.now_ns())
            await asyncio.sleep(0)
        self.problem = None
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while True:
            self.step(self._clock.now_ns())
            due_s = max(due_s + (PUMPED_STEP_S if self._pump else STEP_S), loop.time())
            await asyncio.sleep(due_s - loop.time())

    def step(self, now_ns: int) -> None:
        """Let every venue reach `now_ns` and send what came of it."""
        if self._pump is not None:
            self._pump.step(now_ns)
        for venue, gateway in self._gateways.items():
            if now_ns >= self._stalled_until_ns[venue]:
                gateway.step(now_ns)
        self._clients.flush_all(now_ns)

    def set_rate(self, updates_per_s: float | None) -> None:
        """Push trades at this total rate over all markets, or go back to the ordinary pace.

        Raises:
            BadControl: the rate is out of range, or no venue can be pumped (a recording).
        """
        if self._pump is not None:
            self._pump.stop()
            self._pump = None
        if updates_per_s is None:
            return
        if not 0 < updates_per_s <= RATE_MAX:
            raise BadControl(f"updates_per_s must be above 0 and at most {RATE_MAX:.0f}, or null")
        pairs = [(gateway, market) for gateway in self._generated() for market in gateway.markets.values()]
        if not pairs:
            raise BadControl("a recording has its own pace; start the simulator without one")
        self._pump = TradePump(pairs, updates_per_s, self._clock.now_ns())

    def inject(self, fault: Fault) -> None:
        """Break something once.

        Raises:
            BadControl: the venue or symbol is not served here.
        """
        gateway = self._gateways.get(fault.venue)
        if gateway is None:
            raise BadControl(f"no venue {fault.venue!r}; there are {', '.join(self._gateways)}")
        if fault.kind is FaultKind.DISCONNECT:
            self._clients.close_all(fault.venue)
        elif fault.kind is FaultKind.GARBAGE:
            for client in self._clients.of(fault.venue):
                client.session.outbox.append(_GARBAGE)
                self._clients.flush(client)
        elif fault.kind is FaultKind.STALL:
            if not 0 < fault.duration_s <= STALL_S_MAX:
                raise BadControl(f"duration_s must be above 0 and at most {STALL_S_MAX:.0f}")
            self._stalled_until_ns[fault.venue] = self._clock.now_ns() + int(fault.duration_s * NS_PER_S)
        else:
            self._break_markets(gateway, fault)

    def _generated(self) -> list[GeneratedGateway]:
        return [gateway for gateway in self._gateways.values() if isinstance(gateway, GeneratedGateway)]

    def _markets(self) -> list[Market]:
        return [market for gateway in self._generated() for market in gateway.markets.values()]

    def _break_markets(self, gateway: Gateway, fault: Fault) -> None:
        if not isinstance(gateway, GeneratedGateway):
            raise BadControl("a recording can disconnect, stall and send garbage, nothing else")
        symbols = [fault.symbol] if fault.symbol else list(gateway.markets)
        for symbol in symbols:
            market = gateway.markets.get(symbol)
            if market is None:
                raise BadControl(
                    f"no market {symbol!r} at {fault.venue}; there are {', '.join(gateway.markets)}"
                )
            gateway.inject(fault, market, self._clock.now_ns())
