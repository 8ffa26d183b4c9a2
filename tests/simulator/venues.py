"""Venues without I/O: gateways on a clock that the test moves."""

import json
from typing import Any

from market.clock import NS_PER_MS, NS_PER_S
from simulator.dialects._interface import GeneratedGateway, Request, Session
from simulator.dialects.catalog import generated_gateways

NOW_NS = 1_795_356_031_123_456_789
SYMBOLS = ("BTC/USDT", "ETH/USDT", "DOGE/USDT")
STEP_NS = 20 * NS_PER_MS


class Venue:
    """One venue at a present that `run` moves on, with what its clients received."""

    def __init__(self, name: str, *, updates_per_s: float = 90.0, now_ns: int = NOW_NS) -> None:
        gateways = generated_gateways(SYMBOLS, seed=11, updates_per_s=updates_per_s, now_ns=now_ns)
        gateway = next(gateway for gateway in gateways if gateway.venue == name)
        assert isinstance(gateway, GeneratedGateway)
        self.gateway = gateway
        self.now_ns = now_ns

    def run(self, seconds: float) -> None:
        end_ns = self.now_ns + int(seconds * NS_PER_S)
        while self.now_ns < end_ns:
            self.now_ns += STEP_NS
            self.gateway.step(self.now_ns)

    def connect(self, path: str, **query: str) -> Session:
        session = self.gateway.connect(Request("GET", path, query))
        assert isinstance(session, Session)
        return session

    def send(self, session: Session, message: object) -> None:
        text = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.gateway.receive(session, text, self.now_ns)

    def get(self, path: str, *, method: str = "GET", **query: str) -> Any:
        return json.loads(self.gateway.answer(Request(method, path, query), self.now_ns).body)

    def status(self, path: str, *, method: str = "GET", **query: str) -> int:
        return self.gateway.answer(Request(method, path, query), self.now_ns).status


def frames(session: Session) -> list[Any]:
    """Take what waits in a session's outbox."""
    outbox, session.outbox = session.outbox, []
    return [json.loads(frame) for frame in outbox]
