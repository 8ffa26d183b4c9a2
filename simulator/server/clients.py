"""The websocket clients of all venues, and what is sent to them."""

from collections import Counter
from collections.abc import Sequence

from prometheus_client import Counter as Metric
from prometheus_client import Gauge

from market.clock import NS_PER_S, Clock
from simulator.dialects._interface import Gateway, Session
from simulator.server.connection import Connection

FRAMES = Metric("simulator_frames_total", "Websocket frames sent.", ["venue"])
DROPPED = Metric("simulator_clients_dropped_total", "Clients that read too slowly.", ["venue"])
CLIENTS = Gauge("simulator_clients", "Websocket clients connected.", ["venue"])


class Client:
    """A session of a gateway on a connection."""

    def __init__(
        self, clients: "Clients", gateway: Gateway, session: Session, connection: Connection
    ) -> None:
        self._clients = clients
        self.gateway = gateway
        self.session = session
        self.connection = connection
        self.next_ping_ns = 0

    def on_text(self, text: bytes) -> None:
        """Hand a client's message to its venue and send the answer at once."""
        self.gateway.receive(self.session, text, self._clients.clock.now_ns())
        self._clients.flush(self)

    def on_closed(self) -> None:
        """Forget the session."""
        self._clients.remove(self)


class Clients:
    """All clients; knows how much of what each venue's clients were sent, closed ones included."""

    def __init__(self, gateways: Sequence[Gateway], clock: Clock) -> None:
        self.clock = clock
        self._open: dict[str, list[Client]] = {gateway.venue: [] for gateway in gateways}
        self._sent: dict[str, Counter[str]] = {gateway.venue: Counter() for gateway in gateways}
        for gateway in gateways:
            CLIENTS.labels(gateway.venue).set(0)

    def add(self, gateway: Gateway, session: Session, connection: Connection) -> Client:
        """Take a new client."""
        client = Client(self, gateway, session, connection)
        interval_s = gateway.ping_interval_s
        client.next_ping_ns = self.clock.now_ns() + int((interval_s or 0) * NS_PER_S)
        self._open[gateway.venue].append(client)
        CLIENTS.labels(gateway.venue).inc()
        return client

    def remove(self, client: Client) -> None:
        """Forget a client; what it was sent stays counted."""
        venue = client.gateway.venue
        if client in self._open[venue]:
            self._open[venue].remove(client)
            self._sent[venue].update(client.session.sent)
            CLIENTS.labels(venue).dec()
        client.gateway.disconnect(client.session)

    def of(self, venue: str) -> list[Client]:
        """The clients that are connected to a venue now."""
        return list(self._open[venue])

    def flush(self, client: Client) -> None:
        """Send what waits in a client's outbox, and hang up if the venue wants that."""
        session = client.session
        if session.outbox:
            venue = client.gateway.venue
            outbox, session.outbox = session.outbox, []
            FRAMES.labels(venue).inc(len(outbox))
            session.sent["frames"] += len(outbox)
            if not client.connection.send_frames(outbox):
                DROPPED.labels(venue).inc()
        if session.is_closing:
            client.connection.close()

    def flush_all(self, now_ns: int) -> None:
        """Send what waits everywhere, and the pings that are due."""
        for clients in self._open.values():
            for client in list(clients):
                interval_s = client.gateway.ping_interval_s
                if interval_s and now_ns >= client.next_ping_ns:
                    client.next_ping_ns = now_ns + int(interval_s * NS_PER_S)
                    client.connection.ping()
                self.flush(client)

    def close_all(self, venue: str) -> None:
        """Hang up on every client of a venue."""
        for client in self.of(venue):
            client.connection.close()

    def counts(self) -> dict[str, dict[str, int]]:
        """Return what was sent so far, by venue and kind, summed over its clients."""
        totals: dict[str, dict[str, int]] = {}
        for venue, closed in self._sent.items():
            total = Counter(closed)
            for client in self._open[venue]:
                total.update(client.session.sent)
            totals[venue] = {"connections": len(self._open[venue]), "trades": 0, **total}
        return totals
