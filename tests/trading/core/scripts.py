"""Random trading days: what happens, in order, and how to replay it on any engine."""

from collections.abc import Callable
from typing import Any, NamedTuple

import hypothesis.strategies as st

from market.clock import ManualClock
from market.events import LiveFrame, Quality, QualityState
from tests.trading.core.builders import BTC, ETH, START_NS, VENUES, enter, frame, leave, levels, quality
from trading.core.engine import Engine
from trading.errors import BadOrderState, ResumeRefused, UnknownOrder

STEP_NS = 2_000_000_000


class Step(NamedTuple):
    """One thing that happens at one time."""

    kind: str
    ts: int
    value: Any


PRICES = st.integers(90, 110)
MARKETS = st.tuples(st.sampled_from((BTC, ETH)), st.sampled_from(VENUES))
FRAMES = st.tuples(st.just("live"), MARKETS, PRICES, st.integers(1, 3), st.integers(1, 12))
QUALITIES = st.tuples(
    st.just("quality"), MARKETS, st.sampled_from((QualityState.OK, QualityState.OK, QualityState.DEGRADED))
)
STRATEGIES = st.sampled_from(("ema", "forecast"))
LIMITS = st.one_of(st.none(), PRICES.map(str))
ENTRIES = st.tuples(
    st.just("enter"), STRATEGIES, st.sampled_from((BTC, ETH)), st.sampled_from(("0.3", "2.5", "9")), LIMITS
)
EXITS = st.tuples(
    st.just("leave"), STRATEGIES, st.sampled_from((BTC, ETH)), st.sampled_from((None, "1")), LIMITS
)
COMMANDS = st.sampled_from((("halt",), ("resume",), ("clock",), ("cancel",), ("off",), ("on",)))


def scripts(max_size: int) -> st.SearchStrategy[list[Step]]:
    """Scripts of at most `max_size` steps after a start with good data everywhere."""
    moves = st.one_of(FRAMES, FRAMES, QUALITIES, ENTRIES, ENTRIES, EXITS, COMMANDS)
    return st.lists(moves, min_size=max_size // 2, max_size=max_size).map(_timed)


def _timed(moves: list[tuple[Any, ...]]) -> list[Step]:
    steps = [
        step
        for symbol in (BTC, ETH)
        for venue in VENUES
        for step in (
            Step("live", START_NS, frame(symbol=symbol, venue=venue, asks=levels((101, 3), (102, 3)))),
            Step("quality", START_NS, quality(symbol=symbol, venue=venue)),
        )
    ]
    for number, (kind, *values) in enumerate(moves, 1):
        ts = START_NS + number * STEP_NS
        steps.append(Step(kind, ts, _VALUES[kind](number, ts, *values)))
    return steps


def _frame(_number: int, ts: int, market: tuple[str, str], bid: int, spread: int, size: int) -> LiveFrame:
    symbol, venue = market
    return frame(
        symbol=symbol,
        venue=venue,
        bids=levels((bid, size), (bid - 1, size)),
        asks=levels((bid + spread, size), (bid + spread + 1, size)),
        ts=ts,
    )


def _quality(_number: int, ts: int, market: tuple[str, str], state: QualityState) -> Quality:
    return quality(symbol=market[0], venue=market[1], state=state, ts=ts)


_VALUES: dict[str, Callable[..., Any]] = {
    "live": _frame,
    "quality": _quality,
    "enter": lambda number, ts, strategy, symbol, size, limit: enter(
        f"s{number}", strategy=strategy, symbol=symbol, stake=None, size=size, limit=limit, ts=ts
    ),
    "leave": lambda number, ts, strategy, symbol, size, limit: leave(
        f"s{number}", strategy=strategy, symbol=symbol, size=size, limit=limit, ts=ts
    ),
    **{name: lambda *_: None for name in ("halt", "resume", "clock", "cancel", "off", "on")},
}


def perform(engine: Engine, clock: ManualClock, step: Step) -> None:
    """Let the step happen, and time with it."""
    clock.set(step.ts)
    match step.kind:
        case "live":
            engine.on_live(step.value)
        case "quality":
            engine.on_quality(step.value)
        case "enter" | "leave":
            engine.on_signal(step.value)
        case "halt":
            engine.halt("test", by="operator")
        case "off" | "on":
            engine.set_strategy("ema", is_on=step.kind == "on")
        case _:
            _command(engine, step.kind)
    engine.on_clock(step.ts)


def _command(engine: Engine, kind: str) -> None:
    try:
        if kind == "resume":
            engine.resume(by="operator")
        elif kind == "cancel" and (orders := engine.orders()):
            engine.cancel(orders[0].client_order_id, by="operator")
    except (ResumeRefused, BadOrderState, UnknownOrder):
        pass


def picture(engine: Engine) -> dict[str, Any]:
    """Return everything that people see of the engine."""
    return {
        "state": engine.state(),
        "portfolio": engine.portfolio(),
        "positions": engine.positions(),
        "strategies": engine.strategies(),
        "orders": sorted(engine.orders(1000), key=lambda order: order.client_order_id),
        "fills": sorted(engine.fills(1000), key=lambda fill: (fill.ts, fill.fill_id)),
    }
