"""Tells clients what the engine does: orders and fills at once, the account once a second.

Also the engine's heartbeat: it lets the engine's time pass, and sends every client a heartbeat.
"""

from collections.abc import Callable
from threading import Event, Thread

import structlog

from market.clock import NS_PER_S
from trading.api.messages import (
    FeedsMessage,
    FillMessage,
    HeartbeatMessage,
    Message,
    OrderMessage,
    PortfolioMessage,
    PositionsMessage,
    StatusMessage,
)
from trading.api.schemas import Feed, Fill, Order, Portfolio, Position
from trading.api.services import Services
from trading.core.audit import AuditEvent, AuditSubscription
from trading.core.engine import Engine
from trading.core.ledger import EquityMarked
from trading.core.orders import Fill as CoreFill

PULSE_NS = NS_PER_S
CAPACITY = 10_000
WAIT_S_MAX = 0.25
"""So that a stop is noticed soon."""

log = structlog.get_logger()


class LedgerFeed:
    """Follows one engine in a thread of its own."""

    def __init__(self, services: Services, on_failure: Callable[[BaseException], None]) -> None:
        self._services = services
        self._on_failure = on_failure
        self._stopped = Event()
        self._thread: Thread | None = None
        self._last_sent: dict[str, bytes] = {}

    def start(self, engine: Engine) -> None:
        """Begin to follow."""
        self._thread = Thread(target=self._run, args=(engine,), name="ledger-feed", daemon=True)
        self._thread.start()

    def stop(self, *, timeout_s: float = 3.0) -> None:
        """Stop following."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self, engine: Engine) -> None:
        subscription = engine.subscribe(CAPACITY)
        next_pulse_ns = self._services.clock.now_ns()
        try:
            while not self._stopped.is_set():
                now_ns = self._services.clock.now_ns()
                if not next_pulse_ns - PULSE_NS <= now_ns < next_pulse_ns:  # a clock may be set back, too
                    next_pulse_ns = now_ns - now_ns % PULSE_NS + PULSE_NS
                    self._pulse(engine, now_ns)
                wait_s = max(0.0, (next_pulse_ns - self._services.clock.now_ns()) / NS_PER_S)
                subscription = self._tell(engine, subscription, min(wait_s, WAIT_S_MAX))
        except Exception as error:  # the thread's outermost loop: say it, and let the process end
            log.exception("ledger_feed_failed", code=getattr(error, "code", "unexpected"))
            self._on_failure(error)
        finally:
            engine.unsubscribe(subscription)

    def _pulse(self, engine: Engine, now_ns: int) -> None:
        engine.on_clock(now_ns)
        self._send_account(engine)
        feeds = FeedsMessage(feeds=[Feed.model_validate(view) for view in engine.feeds()])
        status = self._services.status_of(engine.state(), engine.strategies())
        self._send_changed(feeds)
        self._send_changed(StatusMessage(status=status))
        self._services.hub.publish(HeartbeatMessage())

    def _tell(self, engine: Engine, subscription: AuditSubscription, wait_s: float) -> AuditSubscription:
        events = subscription.drain(wait_s=wait_s)
        messages = [message for event in events for message in self._messages(engine, event)]
        for message in messages:
            self._services.hub.publish(message)
        if messages:
            self._send_account(engine)
        if not subscription.overflowed:
            return subscription
        log.warning("ledger_feed_overflowed", capacity=CAPACITY)
        engine.unsubscribe(subscription)
        self._services.hub.post(self._services.hub.skip)
        return engine.subscribe(CAPACITY)

    def _messages(self, engine: Engine, event: AuditEvent) -> list[Message]:
        if isinstance(event.record, EquityMarked):
            return []
        messages: list[Message] = []
        if isinstance(event.record, CoreFill):
            messages.append(FillMessage(fill=Fill.model_validate(event.record)))
        view = engine.order(event.order.client_order_id) if event.order is not None else None
        if view is not None:
            messages.append(OrderMessage(order=Order.model_validate(view)))
        return messages

    def _send_account(self, engine: Engine) -> None:
        self._send_changed(PortfolioMessage(portfolio=Portfolio.model_validate(engine.portfolio())))
        positions = [Position.model_validate(view) for view in engine.positions()]
        self._send_changed(PositionsMessage(positions=positions))

    def _send_changed(self, message: Message) -> None:
        body = message.encoded()
        kind = type(message).__name__
        if self._last_sent.get(kind) != body:
            self._last_sent[kind] = body
            self._services.hub.post(lambda: self._services.hub.publish_encoded(body))
