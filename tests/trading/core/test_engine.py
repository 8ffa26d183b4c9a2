"""What the engine does with signals, commands and time."""

import threading
from decimal import Decimal

import pytest

from market.events import QualityState
from tests.trading.core.builders import VENUES, Bench, config, enter, leave, levels
from trading.core.ledger import MemoryJournal
from trading.core.orders import Fill, OrderEvent, OrderIntent
from trading.errors import BadConfig, BadOrderState, BadSignal, JournalCorrupt, ResumeRefused, UnknownOrder
from trading.ports import JournalEntry


class Clicks:
    """Telemetry that remembers."""

    def __init__(self) -> None:
        self.latencies: list[float] = []
        self.states: list[str] = []
        self.denied: list[str] = []

    def decision_to_venue(self, seconds: float) -> None:
        self.latencies.append(seconds)

    def order_changed(self, state: str, venue: str) -> None:
        self.states.append(f"{state}@{venue}")

    def order_denied(self, code: str) -> None:
        self.denied.append(code)


def test_a_signal_becomes_a_routed_filled_order_and_a_position() -> None:
    bench = Bench()
    bench.live(venue="kraken", asks=levels((102, 1000)), after_s=0)

    order = bench.engine.on_signal(enter(stake="1010"))

    assert (order.state, order.venue, order.size) == ("FILLED", "binance", Decimal(10))
    [position] = bench.engine.positions()
    assert (position.size, position.entry_price, position.mark_price) == (10, 101, Decimal("100.5"))
    assert position.unrealized_pnl == Decimal(-5)
    portfolio = bench.engine.portfolio()
    assert portfolio.cash == Decimal("100000") - 1010 - Decimal("1.01")
    assert portfolio.equity == portfolio.cash + 1005
    assert portfolio.exposure == Decimal("0.010051")


def test_the_same_signal_twice_gives_one_order() -> None:
    bench = Bench()

    first = bench.engine.on_signal(enter())
    second = bench.engine.on_signal(enter())

    assert first == second
    assert len(bench.engine.orders()) == 1


def test_the_same_signal_after_a_restart_gives_the_order_of_before() -> None:
    bench = Bench()
    first = bench.engine.on_signal(enter())

    bench.restart()

    assert bench.engine.on_signal(enter()) == first


def test_an_entry_without_a_stake_uses_its_strength_times_the_default_share_of_equity() -> None:
    bench = Bench(stake_ratio=Decimal("0.10"))

    order = bench.engine.on_signal(enter(stake=None, strength=0.5))

    assert order.size == Decimal("49.50495")


def test_an_exit_sells_the_whole_position_once() -> None:
    bench = Bench()
    bench.engine.on_signal(enter(size="7"))

    assert bench.engine.on_signal(leave("rests", limit="120")).size == 7
    second = bench.engine.on_signal(leave("again"))

    assert (second.state, second.code) == ("DENIED", "signal.no_position")


def test_an_exit_of_one_strategy_leaves_the_position_of_another() -> None:
    bench = Bench()
    bench.engine.on_signal(enter("a", strategy="one", size="2"))
    bench.engine.on_signal(enter("b", strategy="two", size="3"))

    bench.engine.on_signal(leave(strategy="one"))

    assert [(held.strategy, held.size) for held in bench.engine.positions()] == [("two", 3)]
    assert [(view.name, view.trades, view.open_positions) for view in bench.engine.strategies()] == [
        ("one", 1, 0),
        ("two", 0, 1),
    ]


@pytest.mark.parametrize(
    ("signal", "code"),
    [
        (enter(symbol="DOGE/USDT"), "signal.unknown_symbol"),
        (leave(), "signal.no_position"),
        (enter(stake="5"), "order.too_small"),
    ],
)
def test_a_signal_that_makes_no_order_is_denied_with_its_reason_and_journaled(
    signal: object, code: str
) -> None:
    bench = Bench()

    order = bench.engine.on_signal(signal)  # type: ignore[arg-type]

    assert (order.state, order.code) == ("DENIED", code)
    assert order.reason
    bench.restart()
    assert bench.engine.orders()[0] == order


def test_a_small_position_can_always_be_closed() -> None:
    bench = Bench()
    bench.engine.on_signal(enter(size="0.2"))
    bench.engine.on_signal(leave("part", size="0.15"))

    assert bench.engine.on_signal(leave("rest")).state == "FILLED"


@pytest.mark.parametrize("change", [{"strength": 0.0}, {"stake": "-5"}, {"stake": "NaN"}, {"signal_id": ""}])
def test_a_malformed_signal_is_refused_in_words(change: dict[str, object]) -> None:
    with pytest.raises(BadSignal):
        enter(**change)  # type: ignore[arg-type]


def test_a_symbol_in_another_currency_refuses_to_start() -> None:
    with pytest.raises(BadConfig, match="BTC/EUR is quoted in EUR, but the account is kept in USDT"):
        config(symbols=("BTC/EUR",))


def test_a_market_order_that_stays_thin_expires_and_keeps_what_it_got() -> None:
    bench = Bench(market_order_ttl_s=60)
    for venue in VENUES:
        bench.live(venue=venue, asks=levels((101, 4)), after_s=0)
    bench.engine.on_signal(enter(size="10"))

    bench.engine.on_clock(bench.after(61))

    order = bench.engine.orders()[0]
    assert (order.state, order.filled_size, order.reason) == ("EXPIRED", 4, "not filled in time")
    assert bench.engine.positions()[0].size == 4


def test_an_entry_waits_while_its_venue_is_bad_and_goes_on_when_it_is_good() -> None:
    bench = Bench()
    bench.engine.on_signal(enter(size="10", limit="99"))
    bench.judge(QualityState.DEGRADED)
    bench.live(asks=levels((98, 100)), bids=levels((97, 1)))
    assert bench.engine.orders()[0].state == "ACCEPTED"

    bench.judge(QualityState.OK)

    assert bench.engine.orders()[0].state == "FILLED"


def test_halt_cancels_open_orders_keeps_positions_and_survives_a_restart() -> None:
    bench = Bench()
    bench.engine.on_signal(enter("held", size="1"))
    bench.engine.on_signal(enter("rests", limit="99"))

    report = bench.engine.halt("news", by="operator")

    assert (report.orders_cancelled, report.positions_kept) == (1, 1)
    assert bench.engine.orders()[0].state == "CANCELED"
    bench.restart()
    state = bench.engine.state()
    assert (state.trading_state, state.reason, state.halted_by) == ("HALTED", "news", "operator")
    assert state.halted_at == report.halted_at


def test_halting_twice_keeps_the_first_halt_and_resume_lifts_it() -> None:
    bench = Bench()
    first = bench.engine.halt("news", by="operator")
    bench.after(5)
    assert bench.engine.halt("other", by="somebody").halted_at == first.halted_at

    assert bench.engine.resume(by="operator").trading_state == "ACTIVE"
    with pytest.raises(ResumeRefused):
        bench.engine.resume(by="operator")


def test_cancel_ends_an_open_order_and_refuses_a_finished_or_unknown_one() -> None:
    bench = Bench()
    order = bench.engine.on_signal(enter(limit="99"))

    assert bench.engine.cancel(order.client_order_id, by="operator").state == "CANCELED"
    with pytest.raises(BadOrderState, match="is CANCELED"):
        bench.engine.cancel(order.client_order_id, by="operator")
    with pytest.raises(UnknownOrder):
        bench.engine.cancel("tg0", by="operator")
    assert bench.engine.order("tg0") is None


def test_todays_pnl_starts_anew_at_midnight_utc_and_the_peak_is_remembered() -> None:
    bench = Bench()
    bench.engine.on_signal(enter(size="100"))
    for seconds in (60, 86_400):
        bench.after(seconds)
        for venue in VENUES:
            bench.live(venue=venue, bids=levels((120, 1000)), asks=levels((121, 1000)))
        if seconds == 60:
            assert bench.engine.portfolio().today_pnl > 1900
        bench.engine.on_clock(bench.clock.now_ns())
    assert bench.engine.portfolio().today_pnl == 0
    for venue in VENUES:
        bench.live(venue=venue, bids=levels((110, 1000)), asks=levels((111, 1000)))
    bench.restart()

    portfolio = bench.engine.portfolio()
    assert portfolio.drawdown == 0  # the last marks that the ledger knows, until prices arrive
    for venue in VENUES:
        bench.live(venue=venue, bids=levels((110, 1000)), asks=levels((111, 1000)))
    portfolio = bench.engine.portfolio()
    assert portfolio.today_pnl == Decimal(-1000)
    assert portfolio.drawdown == Decimal("-0.009810")


def test_equity_is_sampled_only_when_it_has_changed() -> None:
    bench = Bench()
    journal = bench.journal
    assert isinstance(journal, MemoryJournal)
    for _ in range(10):
        bench.engine.on_clock(bench.after(60))

    assert [entry.kind for entry in journal.entries] == ["opened"]


def test_the_intent_is_journaled_before_anything_happens_and_each_record_is_told_in_order() -> None:
    bench = Bench()
    audit = bench.engine.subscribe()

    bench.engine.on_signal(enter())

    events = audit.drain()
    kinds = [type(event.record) for event in events]
    assert kinds == [OrderIntent, OrderEvent, OrderEvent, Fill]
    assert [event.order.state for event in events if event.order] == [
        "INTENT",
        "SUBMITTED",
        "ACCEPTED",
        "FILLED",
    ]
    assert [event.seq for event in events] == [2, 3, 4, 5]


def test_a_subscriber_that_falls_behind_is_told_so_and_gets_nothing_more() -> None:
    bench = Bench()
    woken: list[int] = []
    audit = bench.engine.subscribe(3, wake=lambda: woken.append(1))

    bench.engine.on_signal(enter())

    assert audit.overflowed
    assert len(audit.drain()) == 3
    bench.engine.on_signal(enter("more"))
    assert audit.drain() == []
    assert len(woken) == 4
    bench.engine.unsubscribe(audit)


def test_a_reader_waits_for_the_first_event() -> None:
    bench = Bench()
    audit = bench.engine.subscribe()
    sender = threading.Timer(0.05, lambda: bench.engine.on_signal(enter()))
    sender.start()

    assert audit.drain(wait_s=5.0)
    sender.join()


def test_telemetry_hears_of_latency_states_and_refusals() -> None:
    bench, clicks = Bench(), Clicks()
    bench.engine._telemetry = bench.engine._executor._telemetry = clicks

    bench.engine.on_signal(enter())
    bench.engine.on_signal(leave("none", strategy="other"))

    assert clicks.latencies == [0.0]
    assert clicks.states == ["SUBMITTED@binance", "ACCEPTED@binance", "FILLED@binance", "DENIED@"]
    assert clicks.denied == ["signal.no_position"]


def test_strategy_states_are_journaled_once_per_change() -> None:
    bench = Bench()
    for _ in range(3):
        bench.engine.set_strategy("ema", is_on=True)
    bench.engine.set_strategy("ema", is_on=False, error="it raised KeyError")
    bench.restart()

    [view] = bench.engine.strategies()
    assert (view.state, view.error) == ("error", "it raised KeyError")
    journal = bench.journal
    assert isinstance(journal, MemoryJournal)
    assert [entry.kind for entry in journal.entries] == ["opened", "strategy_state", "strategy_state"]


def test_a_journal_of_another_currency_or_with_a_hole_refuses_to_start() -> None:
    bench = Bench()
    bench.engine.on_signal(enter())
    journal = bench.journal
    assert isinstance(journal, MemoryJournal)
    bench.config = config(symbols=("BTC/EUR",), currency="EUR")
    with pytest.raises(BadConfig, match="kept in USDT, the settings say EUR"):
        bench.restart()

    bench.config = config()
    bench.journal = MemoryJournal([journal.entries[0], journal.entries[2]])
    with pytest.raises(JournalCorrupt, match="entry 3 after 1"):
        bench.restart()
    bad = JournalEntry(seq=1, ts=1, kind="opened", client_order_id=None, payload=b'{"kind":"what"}')
    bench.journal = MemoryJournal([bad])
    with pytest.raises(JournalCorrupt, match="written by another version"):
        bench.restart()


def test_the_capital_of_a_kept_account_is_its_own() -> None:
    bench = Bench()
    bench.config = config(capital=Decimal(5))

    bench.restart()

    assert bench.engine.portfolio().equity == 100_000
