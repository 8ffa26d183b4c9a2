"""Carries decided orders out: the only place that writes the journal.

Each act is decided, journaled, and only then applied and told. For every step there is one journal
transaction, so that a crash leaves either all of a step or none of it:

    signal refused   intent + DENIED
    signal followed  intent + SUBMITTED | (the venue gets it) | ACCEPTED + fills
    cancel, halt     (HALTED +) PENDING_CANCEL | (the venue gets it) | CANCELED

An order that was SUBMITTED when the process died may or may not have reached a venue. The paper
venue lives in this process and forgets with it, so recovery sends it again: ids, sizes and fills
come out the same.
"""

from collections.abc import Iterable

from market.clock import Clock
from market.events import LiveFrame
from trading.core.audit import AuditEvent, AuditStream
from trading.core.instruments import InstrumentTable
from trading.core.ledger import Record, encode_record
from trading.core.markets import Markets
from trading.core.matching import match
from trading.core.orders import Fill, Order, OrderEvent, OrderState
from trading.core.reading import order_view
from trading.core.state import LedgerState
from trading.ports import Journal, Telemetry

RESTING = (OrderState.ACCEPTED, OrderState.PARTIALLY_FILLED)


class Executor:
    """Moves orders through their life on the paper venue."""

    def __init__(
        self,
        *,
        clock: Clock,
        journal: Journal,
        state: LedgerState,
        markets: Markets,
        instruments: InstrumentTable,
        telemetry: Telemetry,
    ) -> None:
        self._clock = clock
        self._journal = journal
        self._state = state
        self._markets = markets
        self._instruments = instruments
        self._telemetry = telemetry
        self.audit = AuditStream()

    def commit(self, *records: Record) -> None:
        """Journal the records in one transaction, apply them, and tell the audit stream.

        Raises:
            JournalFailure: nothing was applied; the process must exit.
        """
        entries = [encode_record(seq, record) for seq, record in enumerate(records, self._state.seq + 1)]
        self._journal.append(entries)
        for entry, record in zip(entries, records, strict=True):
            self._state.apply(record)
            self._tell(entry.seq, record)

    def accept(self, client_order_id: str) -> None:
        """Let the paper venue take a SUBMITTED order: it accepts, and fills what its book holds."""
        order = self._state.order(client_order_id)
        accepted = self.event(order, OrderState.ACCEPTED)
        frame = self._markets.frame(order.intent.symbol, order.intent.venue)
        fills = [] if frame is None else self._fills(order, frame)
        self.commit(accepted, *fills)

    def reach(self, frame: LiveFrame) -> None:
        """Fill the open orders that the frame reaches, oldest first."""
        for order in tuple(self._state.open_orders.values()):
            intent = order.intent
            if intent.symbol != frame.symbol or intent.venue != frame.venue or order.state not in RESTING:
                continue
            if self._is_blocked(order):
                continue
            fills = self._fills(order, frame)
            if fills:
                self.commit(*fills)

    def reach_known(self) -> None:
        """Try the open orders against the frames that are known: a gate may have opened since."""
        intents = [order.intent for order in self._state.open_orders.values()]
        for symbol, venue in dict.fromkeys((intent.symbol, intent.venue) for intent in intents):
            frame = self._markets.frame(symbol, venue)
            if frame is not None:
                self.reach(frame)

    def cancel(self, orders: Iterable[Order], reason: str, *, first: Iterable[Record] = ()) -> int:
        """Cancel orders, journaling `first` in the same transaction; return how many."""
        doomed = [order for order in orders if order.is_open]
        pending = [
            self.event(order, OrderState.PENDING_CANCEL, reason=reason)
            for order in doomed
            if order.state is not OrderState.PENDING_CANCEL
        ]
        records = [*first, *pending]
        if records:
            self.commit(*records)
        self.confirm_cancels()
        return len(doomed)

    def confirm_cancels(self) -> None:
        """Let the paper venue confirm the pending cancels; it always does."""
        records = [
            self.event(order, OrderState.CANCELED, reason=order.reason)
            for order in self._state.open_orders.values()
            if order.state is OrderState.PENDING_CANCEL
        ]
        if records:
            self.commit(*records)

    def expire(self, now_ns: int) -> None:
        """End the orders whose time is over."""
        records = [
            self.event(order, OrderState.EXPIRED, code="order.expired", reason="not filled in time")
            for order in self._state.open_orders.values()
            if order.intent.expires_at <= now_ns
        ]
        if records:
            self.commit(*records)

    def event(
        self, order: Order, state: OrderState, *, code: str | None = None, reason: str | None = None
    ) -> OrderEvent:
        """Return the event that moves `order` to `state` now."""
        return OrderEvent(
            client_order_id=order.client_order_id,
            state=state,
            ts=self._clock.now_ns(),
            code=code,
            reason=reason,
        )

    def _is_blocked(self, order: Order) -> bool:
        # Entries wait for good data; exits take any fresh book.
        intent = order.intent
        is_reducing = intent.signal.direction.is_reducing
        fault = self._markets.fresh_fault if is_reducing else self._markets.fault
        return fault(intent.symbol, intent.venue, self._clock.now_ns()) is not None

    def _fills(self, order: Order, frame: LiveFrame) -> list[Fill]:
        intent = order.intent
        instrument = self._instruments.get(intent.symbol, intent.venue)
        taken = self._state.taken_size(intent.symbol, intent.venue, intent.side, frame.ts_init)
        now_ns = self._clock.now_ns()
        return [
            Fill(
                fill_id=f"{order.client_order_id}-{number}",
                client_order_id=order.client_order_id,
                strategy=intent.signal.strategy,
                symbol=intent.symbol,
                venue=intent.venue,
                side=intent.side,
                price=execution.price,
                size=execution.size,
                fee=execution.fee,
                fee_currency=instrument.quote,
                liquidity=execution.liquidity,
                ts=now_ns,
                book_ts=frame.ts_init,
            )
            for number, execution in enumerate(
                match(order, frame, instrument, taken=taken), order.fill_count + 1
            )
        ]

    def _tell(self, seq: int, record: Record) -> None:
        client_order_id = getattr(record, "client_order_id", None)
        order = None if client_order_id is None else self._state.order(client_order_id)
        self.audit.publish(
            AuditEvent(
                seq=seq, ts=record.ts, record=record, order=None if order is None else order_view(order)
            )
        )
        if isinstance(record, OrderEvent | Fill) and order is not None:
            self._telemetry.order_changed(order.state, order.intent.venue)
            if order.state is OrderState.DENIED:
                self._telemetry.order_denied(order.code or "")
