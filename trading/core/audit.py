"""The audit stream: every journaled record, in order, for those who keep a replica.

Bounded and never lossy by stealth: a subscriber that falls behind its capacity is marked
`overflowed`, gets nothing more, and must subscribe anew and read the views (or replay the journal
after its last `seq`).
"""

from collections import deque
from collections.abc import Callable
from threading import Condition

import msgspec

from trading.core.ledger import Record
from trading.core.views import OrderView


class AuditEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A journaled record and, where it concerns an order, that order after it."""

    seq: int
    ts: int
    record: Record
    order: OrderView | None = None


class AuditSubscription:
    """One reader's bounded queue; filled by the engine, read from any thread."""

    def __init__(self, capacity: int, wake: Callable[[], None] | None = None) -> None:
        self._capacity = capacity
        self._wake = wake
        self._events: deque[AuditEvent] = deque()
        self._ready = Condition()
        self.overflowed = False

    def put(self, event: AuditEvent) -> None:
        """Add an event, or mark the subscription as overflowed; called by the engine, never blocks."""
        with self._ready:
            if self.overflowed:
                return
            if len(self._events) >= self._capacity:
                self.overflowed = True
            else:
                self._events.append(event)
            self._ready.notify()
        if self._wake is not None:
            self._wake()

    def drain(self, *, wait_s: float = 0.0) -> list[AuditEvent]:
        """Take everything that is there; wait up to `wait_s` for the first."""
        with self._ready:
            if not self._events and not self.overflowed and wait_s > 0:
                self._ready.wait(wait_s)
            events = list(self._events)
            self._events.clear()
            return events


class AuditStream:
    """Hands each event to every subscription."""

    def __init__(self) -> None:
        self._subscriptions: list[AuditSubscription] = []

    def subscribe(self, capacity: int, wake: Callable[[], None] | None = None) -> AuditSubscription:
        """Open a subscription of `capacity` events; `wake` is called after each put, and must not block."""
        subscription = AuditSubscription(capacity, wake)
        self._subscriptions = [*self._subscriptions, subscription]
        return subscription

    def unsubscribe(self, subscription: AuditSubscription) -> None:
        """Close a subscription."""
        self._subscriptions = [kept for kept in self._subscriptions if kept is not subscription]

    def publish(self, event: AuditEvent) -> None:
        """Hand the event to all."""
        for subscription in self._subscriptions:
            subscription.put(event)
