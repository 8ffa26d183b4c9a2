"""The life cycle of orders: one table, and nothing outside of it."""

from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from market.events import Side
from tests.trading.core.builders import START_NS, enter
from trading.core.orders import (
    TRANSITIONS,
    Fill,
    Order,
    OrderEvent,
    OrderIntent,
    OrderState,
    OrderType,
    client_order_id,
)
from trading.core.router import RoutingDecision
from trading.errors import IllegalTransition

FINISHED = {
    OrderState.FILLED,
    OrderState.CANCELED,
    OrderState.EXPIRED,
    OrderState.REJECTED,
    OrderState.DENIED,
}
FILL_STATES = (OrderState.PARTIALLY_FILLED, OrderState.FILLED)


def new_order(size: str = "2") -> Order:
    signal = enter()
    routing = RoutingDecision(considered=[], chosen="binance", saved_bps=Decimal(0), excluded={})
    return Order(
        intent=OrderIntent(
            client_order_id=client_order_id(signal.id),
            signal=signal,
            venue="binance",
            type=OrderType.MARKET,
            size=Decimal(size),
            limit_price=None,
            routing=routing,
            ts=START_NS,
            expires_at=START_NS + 1,
        )
    )


def event(order: Order, state: OrderState) -> OrderEvent:
    return OrderEvent(client_order_id=order.client_order_id, state=state, ts=START_NS)


def fill(order: Order, size: Decimal, price: Decimal = Decimal(100)) -> Fill:
    return Fill(
        fill_id=f"{order.client_order_id}-{order.fill_count + 1}",
        client_order_id=order.client_order_id,
        strategy="ema",
        symbol="BTC/USDT",
        venue="binance",
        side=Side.BUY,
        price=price,
        size=size,
        fee=Decimal("0.1"),
        fee_currency="USDT",
        liquidity="taker",
        ts=START_NS,
        book_ts=START_NS,
    )


def test_every_state_has_its_row_in_the_table() -> None:
    assert set(TRANSITIONS) == set(OrderState)


def test_finished_states_lead_nowhere_and_all_others_can_finish() -> None:
    assert {state for state, following in TRANSITIONS.items() if not following} == FINISHED
    assert all(following & FINISHED for following in TRANSITIONS.values() if following)


@pytest.mark.parametrize("state", sorted(set(OrderState) - TRANSITIONS[OrderState.INTENT]))
def test_an_intent_refuses_every_event_that_the_table_does_not_name(state: OrderState) -> None:
    order = new_order()

    with pytest.raises(IllegalTransition, match=f"from INTENT to {state}"):
        order.apply(event(order, state))


def test_the_same_signal_gives_the_same_client_order_id_on_every_machine() -> None:
    assert client_order_id("a") == "tgca978112ca1bbdcafac231b3"
    assert client_order_id("a") != client_order_id("b")


def test_a_fill_beyond_the_size_is_refused() -> None:
    order = new_order("2").apply(event(new_order(), OrderState.SUBMITTED))

    with pytest.raises(IllegalTransition, match="more than was asked for"):
        order.fill(fill(order, Decimal(3)))


def test_a_partial_fill_during_a_pending_cancel_leaves_it_pending() -> None:
    order = new_order("2")
    for state in (OrderState.SUBMITTED, OrderState.ACCEPTED, OrderState.PENDING_CANCEL):
        order = order.apply(event(order, state))

    assert order.fill(fill(order, Decimal(1))).state is OrderState.PENDING_CANCEL
    assert order.fill(fill(order, Decimal(2))).state is OrderState.FILLED


class OrderLife(RuleBasedStateMachine):
    """Throw any event and fill at an order: it follows the table, or refuses and stays as it was."""

    def __init__(self) -> None:
        super().__init__()
        self.order = new_order("10")
        self.filled = Decimal(0)
        self.quote = Decimal(0)

    @rule(state=st.sampled_from([state for state in OrderState if state not in FILL_STATES]))
    def send_event(self, state: OrderState) -> None:
        allowed = TRANSITIONS[self.order.state]
        if state in allowed:
            self.order = self.order.apply(event(self.order, state))
            assert self.order.state is state
        else:
            with pytest.raises(IllegalTransition):
                self.order.apply(event(self.order, state))

    @precondition(lambda self: self.order.state not in FINISHED | {OrderState.INTENT})
    @rule(size=st.integers(1, 12), price=st.integers(1, 500))
    def send_fill(self, size: int, price: int) -> None:
        new = fill(self.order, Decimal(size), Decimal(price))
        if self.filled + size > self.order.intent.size:
            with pytest.raises(IllegalTransition):
                self.order.fill(new)
            return
        self.order = self.order.fill(new)
        self.filled += size
        self.quote += size * price

    @precondition(lambda self: self.order.state in FINISHED | {OrderState.INTENT})
    @rule()
    def refuse_fill(self) -> None:
        with pytest.raises(IllegalTransition):
            self.order.fill(fill(self.order, Decimal(1)))

    @invariant()
    def fills_add_up(self) -> None:
        assert self.order.filled_size == self.filled
        assert self.order.filled_quote == self.quote
        assert self.order.filled_size + self.order.remaining_size == self.order.intent.size
        assert self.order.is_open == (self.order.state not in FINISHED)

    @invariant()
    def filled_means_all(self) -> None:
        if self.order.state is OrderState.FILLED:
            assert self.order.remaining_size == 0
        if self.order.state is OrderState.PARTIALLY_FILLED:
            assert 0 < self.order.filled_size < self.order.intent.size


TestOrderLife = OrderLife.TestCase
TestOrderLife.settings = settings(max_examples=60, stateful_step_count=25, deadline=None, derandomize=True)
