"""The clients of a Binance-like venue: their connections, commands and requests."""

from typing import Protocol

from simulator.dialects._interface import Answer, Gateway, Request, Session
from simulator.dialects.binance.subscriptions import BinanceSession, Subscriptions


class RestAnswers(Protocol):
    """Answers REST requests."""

    def answer(self, request: Request, now_ns: int) -> Answer:
        """Answer one."""
        ...


class BinanceClients(Gateway):
    """The half of a gateway that speaks with clients; the other half has the markets."""

    _rest: RestAnswers
    _subscriptions: Subscriptions

    def answer(self, request: Request, now_ns: int) -> Answer:
        """Answer a REST request."""
        return self._rest.answer(request, now_ns)

    def connect(self, request: Request) -> Session | Answer:
        """Accept `/stream` and `/ws`."""
        session = self._subscriptions.open(request.path, request.query)
        if isinstance(session, Session):
            self.sessions.append(session)
        return session

    def disconnect(self, session: Session) -> None:
        """Forget a client and its streams."""
        super().disconnect(session)
        assert isinstance(session, BinanceSession)
        self._subscriptions.close(session)

    def receive(self, session: Session, text: bytes, now_ns: int) -> None:  # noqa: ARG002  (the port's)
        """Obey a command."""
        assert isinstance(session, BinanceSession)
        self._subscriptions.receive(session, text)
