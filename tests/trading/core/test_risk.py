"""Risk rules refuse with a code and the numbers they compared; whatever reduces may go."""

from decimal import Decimal

import pytest

from market.events import QualityState
from tests.trading.core.builders import VENUES, Bench, enter, leave, levels
from trading.core.risk import Approved, ProposedOrder, Refusal, RiskContext, RiskRule, check_order, load_rules


def refused(bench: Bench, signal_id: str = "next") -> Refusal:
    """Send an entry that must be denied; return the refusal from its journal entry."""
    order = bench.engine.on_signal(enter(signal_id))
    assert order.state == "DENIED"
    record = [event.record for event in bench.audit.drain()][-1]  # type: ignore[attr-defined]
    return Refusal(code=record.code, reason=record.reason, limit=record.limit, value=record.value)


def new_bench(**changes: object) -> Bench:
    bench = Bench(**changes)  # type: ignore[arg-type]
    bench.audit = bench.engine.subscribe()  # type: ignore[attr-defined]
    return bench


def test_every_rule_of_the_folder_is_found_in_its_order() -> None:
    names = [rule.name for rule in load_rules()]

    ours = ["trading_state", "strategy_state", "data_quality", "max_drawdown", "max_exposure"]
    assert [name for name in names if name in ours] == ours


def test_an_entry_beyond_the_exposure_limit_is_denied_with_both_numbers() -> None:
    bench = new_bench(exposure_limit=Decimal("0.015"))
    bench.engine.on_signal(enter("first"))

    refusal = refused(bench)

    assert (refusal.code, refusal.limit) == ("risk.max_exposure", "0.015")
    assert Decimal("0.019") < Decimal(refusal.value) < Decimal("0.020")
    assert "2.0% of equity; the limit is 1.5%" in refusal.reason


def test_open_buy_orders_count_as_exposure() -> None:
    bench = new_bench(exposure_limit=Decimal("0.015"))
    bench.engine.on_signal(enter("rests", limit="99"))

    assert refused(bench).code == "risk.max_exposure"


def test_under_the_drawdown_limit_entries_are_denied_and_exits_go() -> None:
    bench = new_bench(drawdown_limit=Decimal("0.005"))
    bench.engine.on_signal(enter("first", stake="5000"))
    for venue in VENUES:
        bench.live(venue=venue, bids=levels((80, 1000)), asks=levels((81, 1000)))

    refusal = refused(bench)
    assert (refusal.code, refusal.limit) == ("risk.max_drawdown", "0.005")
    assert Decimal(refusal.value) > Decimal("0.005")
    state = bench.engine.state()
    assert (state.trading_state, state.reason) == (
        "REDUCING",
        "equity is 1.02% under its peak; the limit is 0.50%",
    )
    assert bench.engine.on_signal(leave()).state == "FILLED"


@pytest.mark.parametrize("state", [QualityState.DEGRADED, QualityState.STALE])
def test_bad_data_on_all_venues_denies_entries_and_lets_exits_go(state: QualityState) -> None:
    bench = new_bench()
    bench.engine.on_signal(enter("first"))
    for venue in VENUES:
        bench.judge(state, venue=venue)

    refusal = refused(bench)

    assert refusal.code == "risk.data_quality"
    assert refusal.value == f"binance: {state}: a gap; kraken: {state}: a gap"
    assert bench.engine.on_signal(leave()).state == "FILLED"


def test_good_data_on_one_venue_is_enough_and_the_order_goes_there() -> None:
    bench = new_bench()
    bench.judge(QualityState.STALE, venue="binance")

    order = bench.engine.on_signal(enter())

    assert (order.state, order.venue) == ("FILLED", "kraken")
    assert order.routing.excluded == {"binance": "stale: a gap"}


def test_the_data_gate_lifts_itself_after_clean_seconds() -> None:
    bench = new_bench(gate_clean_s=10)
    for venue in VENUES:
        bench.judge(QualityState.DEGRADED, venue=venue)
    assert refused(bench, "one").code == "risk.data_quality"
    bench.after(1)
    bench.judge(QualityState.OK)
    assert refused(bench, "two").value.startswith("binance: good for less than 10 s")

    bench.after(10)
    bench.judge(QualityState.OK)

    assert bench.engine.on_signal(enter("three")).state == "FILLED"


def test_silence_closes_the_gate_by_itself() -> None:
    bench = new_bench(data_age_max_s=5)
    bench.after(6)

    refusal = refused(bench)

    assert refusal.code == "risk.data_quality"
    assert "nothing heard for 6 s" in refusal.value


def test_a_halted_engine_denies_even_exits() -> None:
    bench = new_bench()
    bench.engine.on_signal(enter("first"))
    bench.engine.halt("test", by="operator")

    assert refused(bench).code == "risk.halted"
    assert bench.engine.on_signal(leave()).code == "risk.halted"


def test_a_strategy_that_is_off_may_only_close() -> None:
    bench = new_bench()
    bench.engine.on_signal(enter("first"))
    bench.engine.set_strategy("ema", is_on=False)

    assert refused(bench).code == "risk.strategy_off"
    assert bench.engine.on_signal(leave()).state == "FILLED"


def test_the_first_refusal_stands() -> None:
    asked: list[str] = []

    def rule(name: str, verdict: Approved | Refusal) -> RiskRule:
        def check(_order: ProposedOrder, _context: RiskContext) -> Approved | Refusal:
            asked.append(name)
            return verdict

        return RiskRule(name=name, priority=1, check=check)

    no = Refusal(code="risk.no", reason="no", limit="0", value="1")
    bench = Bench()
    context = bench.engine._decider.context(enter(), bench.clock.now_ns())
    order = ProposedOrder(
        strategy="ema",
        symbol="BTC/USDT",
        side=enter().direction.side,
        is_reducing=False,
        size=Decimal(1),
        notional_quote=Decimal(100),
    )

    assert check_order([rule("a", Approved()), rule("b", no), rule("c", no)], order, context) == no
    assert asked == ["a", "b"]
