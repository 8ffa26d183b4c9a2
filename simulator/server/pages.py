"""What is served at which path: venues, health, and the control pages of tests and benches.

/<venue>/…          the venue's REST and websocket
GET  /control/counts   what each venue's clients were sent
POST /control/rate     {"updates_per_s": 10000}, or null for the ordinary pace
POST /control/faults   {"kind": "gap", "venue": "kraken", "symbol": "BTC/USDT"}
/healthz /readyz /metrics
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from market.clock import Clock
from runtime import metrics
from simulator.dialects._interface import Answer, Gateway, Request
from simulator.errors import BadControl
from simulator.faults import Fault
from simulator.server.clients import Clients
from simulator.server.connection import Connection, HttpAnswer, HttpRequest, SocketClient
from simulator.server.control import Control

_encode = msgspec.json.encode


class _Rate(msgspec.Struct, forbid_unknown_fields=True):
    updates_per_s: float | None


class SimulatorPages:
    """Routes by the first part of the path."""

    def __init__(self, gateways: Sequence[Gateway], clients: Clients, control: Control, clock: Clock) -> None:
        self._gateways = {gateway.venue: gateway for gateway in gateways}
        self._clients = clients
        self._control = control
        self._clock = clock
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bars")

    def close(self) -> None:
        """Give up what waits to be computed."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def on_request(self, request: HttpRequest) -> HttpAnswer | asyncio.Future[HttpAnswer]:
        """Answer a request; a long one later, so that frames keep flowing."""
        venue, path = _split(request.path)
        gateway = self._gateways.get(venue)
        if gateway is not None:
            asked = Request(request.method, path, request.query)
            if asked.is_long:
                return asyncio.get_running_loop().run_in_executor(self._worker, self._ask, gateway, asked)
            return self._ask(gateway, asked)
        if venue == "control":
            return self._on_control(request, path)
        return self._on_health(request.path)

    def on_socket(self, request: HttpRequest, connection: Connection) -> SocketClient | HttpAnswer:
        """Connect a websocket to its venue."""
        venue, path = _split(request.path)
        gateway = self._gateways.get(venue)
        if gateway is None:
            return self._unknown(request.path)
        taken = gateway.connect(Request(request.method, path, request.query))
        if isinstance(taken, Answer):
            return _http(taken)
        return self._clients.add(gateway, taken, connection)

    def _ask(self, gateway: Gateway, request: Request) -> HttpAnswer:
        return _http(gateway.answer(request, self._clock.now_ns()))

    def _on_health(self, path: str) -> HttpAnswer:
        if path == "/healthz":
            return HttpAnswer(200, b'{"status":"alive"}')
        if path == "/readyz":
            problem = self._control.problem
            if problem is None:
                return HttpAnswer(200, b'{"status":"ready"}')
            return HttpAnswer(503, _encode({"status": "not ready", "reasons": {"process": problem}}))
        if path == "/metrics":
            return HttpAnswer(200, metrics.exposition(), metrics.CONTENT_TYPE)
        return self._unknown(path)

    def _on_control(self, request: HttpRequest, path: str) -> HttpAnswer:
        try:
            if (request.method, path) == ("GET", "/counts"):
                return HttpAnswer(200, _encode(self._clients.counts()))
            if (request.method, path) == ("POST", "/rate"):
                self._control.set_rate(msgspec.json.decode(request.body, type=_Rate).updates_per_s)
            elif (request.method, path) == ("POST", "/faults"):
                self._control.inject(msgspec.json.decode(request.body, type=Fault))
            else:
                return self._unknown(request.path)
        except (msgspec.MsgspecError, BadControl) as error:
            return HttpAnswer(400, _encode({"error": str(error)}))
        return HttpAnswer(200, b'{"status":"done"}')

    def _unknown(self, path: str) -> HttpAnswer:
        venues = ", ".join(f"/{venue}/…" for venue in self._gateways)
        return HttpAnswer(404, _encode({"error": f"nothing at {path}; there are {venues} and /control/…"}))


def _split(path: str) -> tuple[str, str]:
    first, slash, rest = path.lstrip("/").partition("/")
    return first, slash + rest


def _http(answer: Answer) -> HttpAnswer:
    return HttpAnswer(answer.status, answer.body)
