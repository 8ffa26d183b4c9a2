"""Orders: immutable, moved through one table of legal transitions by journaled events.

An order is born as a journaled `OrderIntent` and then only changed by `OrderEvent`s and `Fill`s. The
`ClientOrderId` is ours, derived from the signal, and the idempotency key towards the venue.
"""

from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Literal, Self, TypeAlias

import msgspec

from market.events import Side
from trading.core.router import RoutingDecision
from trading.core.signals import Signal
from trading.errors import IllegalTransition

ClientOrderId: TypeAlias = str

CLIENT_ORDER_ID_HEX = 24


class OrderType(StrEnum):
    """How an order meets the book."""

    MARKET = "market"
    LIMIT = "limit"


class OrderState(StrEnum):
    """Where an order is in its life. INTENT is journaled but not yet sent."""

    INTENT = "INTENT"
    SUBMITTED = "SUBMITTED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    PENDING_CANCEL = "PENDING_CANCEL"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    DENIED = "DENIED"


_S = OrderState

TRANSITIONS: dict[OrderState, frozenset[OrderState]] = {
    _S.INTENT: frozenset({_S.SUBMITTED, _S.DENIED, _S.CANCELED, _S.EXPIRED}),
    _S.SUBMITTED: frozenset(
        {
            _S.ACCEPTED,
            _S.REJECTED,
            _S.PARTIALLY_FILLED,
            _S.FILLED,
            _S.PENDING_CANCEL,
            _S.CANCELED,
            _S.EXPIRED,
        }
    ),
    _S.ACCEPTED: frozenset({_S.PARTIALLY_FILLED, _S.FILLED, _S.PENDING_CANCEL, _S.CANCELED, _S.EXPIRED}),
    _S.PARTIALLY_FILLED: frozenset(
        {_S.PARTIALLY_FILLED, _S.FILLED, _S.PENDING_CANCEL, _S.CANCELED, _S.EXPIRED}
    ),
    _S.PENDING_CANCEL: frozenset({_S.PENDING_CANCEL, _S.FILLED, _S.CANCELED, _S.EXPIRED}),
    _S.REJECTED: frozenset(),
    _S.FILLED: frozenset(),
    _S.CANCELED: frozenset(),
    _S.EXPIRED: frozenset(),
    _S.DENIED: frozenset(),
}
"""The whole life cycle: from each state, the states that may follow. A fill that arrives while a
cancel is pending leaves the order PENDING_CANCEL, or ends it as FILLED."""


def client_order_id(signal_id: str) -> ClientOrderId:
    """Derive the client order id of a signal: the same signal always gives the same id.

    26 characters of `[a-z0-9]`, within what every venue accepts.
    """
    return "tg" + sha256(signal_id.encode()).hexdigest()[:CLIENT_ORDER_ID_HEX]


class OrderIntent(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="intent"):
    """A decided, sized and routed order, journaled before anything is sent.

    `ts` is when it was decided, `expires_at` when it is given up; nanoseconds UTC. `size` is in
    base currency and a multiple of the venue's increment; it is 0 only in an order that is denied.
    """

    client_order_id: ClientOrderId
    signal: Signal
    venue: str
    type: OrderType
    size: Decimal
    limit_price: Decimal | None
    routing: RoutingDecision
    ts: int
    expires_at: int

    @property
    def symbol(self) -> str:
        """The symbol that is traded."""
        return self.signal.symbol

    @property
    def side(self) -> Side:
        """BUY or SELL."""
        return self.signal.direction.side


class OrderEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="order"):
    """A change of an order's state other than by a fill.

    A denied order carries the refusal: `code` (stable), `limit` and `value` (the numbers that were
    compared, as text). `reason` is for people.
    """

    client_order_id: ClientOrderId
    state: OrderState
    ts: int
    code: str | None = None
    reason: str | None = None
    limit: str | None = None
    value: str | None = None


class Fill(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="fill"):
    """An execution of a part of an order.

    `fill_id` is the client order id and the fill's number, so that it is the same after a crash.
    `fee` is in `fee_currency`. `book_ts` is the `ts_init` of the frame whose liquidity it took.
    """

    fill_id: str
    client_order_id: ClientOrderId
    strategy: str
    symbol: str
    venue: str
    side: Side
    price: Decimal
    size: Decimal
    fee: Decimal
    fee_currency: str
    liquidity: Literal["maker", "taker"]
    ts: int
    book_ts: int


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An intent and what has become of it.

    Invariants: `filled_size` never passes the intent's size, and equals it exactly when FILLED.
    `filled_quote` is the sum of price times size of its fills; fees are beside it.
    """

    intent: OrderIntent
    state: OrderState = OrderState.INTENT
    filled_size: Decimal = Decimal(0)
    filled_quote: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    fill_count: int = 0
    book_ts: int = 0
    updated_at: int = 0
    code: str | None = None
    reason: str | None = None

    @property
    def client_order_id(self) -> ClientOrderId:
        """The order's identity."""
        return self.intent.client_order_id

    @property
    def remaining_size(self) -> Decimal:
        """What is not filled yet, in base currency."""
        return self.intent.size - self.filled_size

    @property
    def average_price(self) -> Decimal | None:
        """The mean price of the fills; nothing before the first."""
        return self.filled_quote / self.filled_size if self.filled_size else None

    @property
    def is_open(self) -> bool:
        """Whether it may still change."""
        return bool(TRANSITIONS[self.state])

    def apply(self, event: OrderEvent) -> Self:
        """Return the order after `event`.

        Raises:
            IllegalTransition: the event does not follow from the present state.
        """
        self._check(event.state)
        return msgspec.structs.replace(
            self, state=event.state, updated_at=event.ts, code=event.code, reason=event.reason
        )

    def fill(self, fill: Fill) -> Self:
        """Return the order after `fill`.

        Raises:
            IllegalTransition: the order is finished, or the fill passes its size.
        """
        filled = self.filled_size + fill.size
        if filled > self.intent.size:
            raise IllegalTransition(
                f"{fill.fill_id}: {filled} filled of an order of {self.intent.size}: more than was asked for"
            )
        state = self._state_after(filled)
        self._check(state)
        return msgspec.structs.replace(
            self,
            state=state,
            filled_size=filled,
            filled_quote=self.filled_quote + fill.price * fill.size,
            fees=self.fees + fill.fee,
            fill_count=self.fill_count + 1,
            book_ts=max(self.book_ts, fill.book_ts),
            updated_at=fill.ts,
        )

    def _state_after(self, filled: Decimal) -> OrderState:
        if filled == self.intent.size:
            return OrderState.FILLED
        if self.state is OrderState.PENDING_CANCEL:
            return OrderState.PENDING_CANCEL
        return OrderState.PARTIALLY_FILLED

    def _check(self, state: OrderState) -> None:
        if state not in TRANSITIONS[self.state]:
            raise IllegalTransition(f"order {self.client_order_id} can't go from {self.state} to {state}")
