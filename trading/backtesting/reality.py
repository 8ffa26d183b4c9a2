"""Paper trades beside a backtest of the same bars: every difference, with its cause.

Trades are matched by the candle in which they were opened, else by the nearest one. What differs has
one cause, the first that applies:

- `code`: the strategy's file is not the one that made the trade.
- `data_revision`: the candle that gave the signal was another one then, or came too late.
- `timing`: paper acted in another candle, or not at all, though it knew the same.
- `price`: the market had moved from the candle's price when paper decided.
- `fill`: the order was filled at another price, fee or size than it was decided at.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

import msgspec

from trading.backtesting.result import ClosedTrade

Note: TypeAlias = Callable[["Cause", str, object, object, str], None]

EQUAL_BPS = 0.01
FEE_EQUAL = 1e-6
NEAREST_CANDLES = 3


class Cause(StrEnum):
    """Why paper and backtest differ."""

    PRICE = "price"
    TIMING = "timing"
    FILL = "fill"
    DATA_REVISION = "data_revision"
    CODE = "code"


class PaperTrade(msgspec.Struct, frozen=True, kw_only=True):
    """A trade as it was made on paper; open ones have no close.

    `decided_*` are the prices that the orders were placed at, the others those that they were filled
    at. `signal_close` is the close of the candle that gave the entry signal, as it was known then.
    """

    open_date: datetime
    close_date: datetime | None
    open_rate: float
    decided_open_rate: float
    close_rate: float | None
    decided_close_rate: float | None
    fee_open: float
    exit_reason: str
    orders: int
    profit_abs: float
    code_hash: str
    signal_close: float | None


class Candle(msgspec.Struct, frozen=True):
    """What the database says now of the candle that closed at a time, and when it learned it."""

    close: float
    known_at: datetime


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the comparison knows besides trades: the present code, bars by close time, refusals by candle."""

    code_hash: str
    timeframe: timedelta
    candles: Mapping[datetime, Candle]
    refusals: Mapping[datetime, str]
    late_after: timedelta = timedelta(seconds=30)


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """One difference; `paper` and `backtest` are its two sides as text."""

    cause: Cause
    field: str
    opened_at: datetime
    paper: str | None
    backtest: str | None
    detail: str


def differences(
    paper: Sequence[PaperTrade], backtest: Sequence[ClosedTrade], known: Known, *, until: datetime
) -> list[Gap]:
    """Return every difference in order of time; what a backtest ended by force at `until` is still open."""
    gaps: list[Gap] = []
    for trade, twin in _matched(paper, backtest, known.timeframe):
        if twin is None:
            assert trade is not None
            gaps.append(_only_on_paper(trade, known))
        elif trade is None:
            gaps.append(_only_in_backtest(twin, known))
        else:
            gaps += _between(trade, twin, known, until)
    return sorted(gaps, key=lambda gap: (gap.opened_at, gap.field))


def _matched(
    paper: Sequence[PaperTrade], backtest: Sequence[ClosedTrade], timeframe: timedelta
) -> list[tuple[PaperTrade | None, ClosedTrade | None]]:
    left = {trade.open_date: trade for trade in backtest}
    pairs: list[tuple[PaperTrade | None, ClosedTrade | None]] = []
    waiting: list[PaperTrade] = []
    for trade in paper:
        if trade.open_date in left:
            pairs.append((trade, left.pop(trade.open_date)))
        else:
            waiting.append(trade)
    for trade in waiting:
        nearest = min(left, key=lambda opened: abs(opened - trade.open_date), default=None)
        if nearest is not None and abs(nearest - trade.open_date) <= NEAREST_CANDLES * timeframe:
            pairs.append((trade, left.pop(nearest)))
        else:
            pairs.append((trade, None))
    return pairs + [(None, twin) for twin in left.values()]


def _only_on_paper(trade: PaperTrade, known: Known) -> Gap:
    cause, why = _cause_of_entry(trade.open_date, trade, known)
    return Gap(
        cause=cause,
        field="trade",
        opened_at=trade.open_date,
        paper=f"opened at {trade.open_rate:g}",
        backtest=None,
        detail=f"only on paper: {why}",
    )


def _only_in_backtest(twin: ClosedTrade, known: Known) -> Gap:
    cause, why = _cause_of_entry(twin.open_date, None, known)
    return Gap(
        cause=cause,
        field="trade",
        opened_at=twin.open_date,
        paper=None,
        backtest=f"opened at {twin.open_rate:g}",
        detail=f"only in the backtest: {why}",
    )


def _cause_of_entry(opened: datetime, trade: PaperTrade | None, known: Known) -> tuple[Cause, str]:
    if trade is not None and trade.code_hash != known.code_hash:
        return Cause.CODE, "the strategy's file has changed since"
    if revised := _revision(opened, trade, known):
        return Cause.DATA_REVISION, revised
    if trade is not None:
        return Cause.TIMING, "the backtest was in another trade, or its slot, stake or lock was another"
    if opened in known.refusals:
        return Cause.FILL, f"the order was refused: {known.refusals[opened]}"
    return Cause.TIMING, "paper judged no candle then, or had no free slot, stake or good data"


def _revision(opened: datetime, trade: PaperTrade | None, known: Known) -> str | None:
    """Return how the signal's candle differs from what paper had of it."""
    candle = known.candles.get(opened)
    if candle is None:
        return "the signal's candle is not in the database"
    then = trade.signal_close if trade is not None else None
    if then is not None and _bps(then, candle.close) > EQUAL_BPS:
        return f"the signal's candle closed at {then:g} then, at {candle.close:g} now"
    late_s = (candle.known_at - opened).total_seconds()
    if late_s > known.late_after.total_seconds():
        return f"the signal's candle was known, or changed, {late_s:.0f} s after its close"
    return None


def _between(trade: PaperTrade, twin: ClosedTrade, known: Known, until: datetime) -> list[Gap]:
    is_open = twin.exit_reason == "force_exit" and twin.close_date >= until
    override = Cause.CODE if trade.code_hash != known.code_hash else None
    gaps: list[Gap] = []

    def note(cause: Cause, field: str, ours: object, theirs: object, detail: str) -> None:
        gaps.append(
            Gap(
                cause=override or cause,
                field=field,
                opened_at=trade.open_date,
                paper=None if ours is None else str(ours),
                backtest=None if theirs is None else str(theirs),
                detail=detail,
            )
        )

    if trade.open_date != twin.open_date:
        cause, why = _cause_of_entry(trade.open_date, trade, known)
        note(cause, "open_date", trade.open_date.isoformat(), twin.open_date.isoformat(), why)
    _note_rate(note, "open_rate", trade.open_rate, trade.decided_open_rate, twin.open_rate)
    if abs(trade.fee_open - twin.fee_open) > FEE_EQUAL:
        note(Cause.FILL, "fee_open", trade.fee_open, twin.fee_open, "filled at another venue, or as a maker")
    if trade.orders != len(twin.orders):
        note(Cause.TIMING, "orders", trade.orders, len(twin.orders), "the position was changed another time")
    if trade.close_date is None or is_open:
        if (trade.close_date is None) != is_open:
            closed = None if trade.close_date is None else trade.close_date.isoformat()
            theirs = None if is_open else twin.close_date.isoformat()
            note(Cause.TIMING, "close_date", closed, theirs, "one of the two is still open")
        return gaps
    if trade.exit_reason != twin.exit_reason:
        detail = "the prices within the candle were met in another order, or were not seen"
        note(Cause.TIMING, "exit_reason", trade.exit_reason, twin.exit_reason, detail)
    if trade.close_date != twin.close_date:
        ours, theirs = trade.close_date.isoformat(), twin.close_date.isoformat()
        note(Cause.TIMING, "close_date", ours, theirs, "sold in another candle")
    if trade.close_rate is not None and trade.decided_close_rate is not None:
        _note_rate(note, "close_rate", trade.close_rate, trade.decided_close_rate, twin.close_rate)
    return gaps


def _note_rate(note: Note, field: str, filled: float, decided: float, tested: float) -> None:
    if _bps(filled, tested) <= EQUAL_BPS:
        return
    moved, slipped = _bps(decided, tested), _bps(filled, decided)
    cause = Cause.PRICE if moved > slipped else Cause.FILL
    detail = (
        f"decided at {decided:.10g}, {moved:.1f} bps from the candle's; filled {slipped:.1f} bps from that"
    )
    note(cause, field, f"{filled:.10g}", f"{tested:.10g}", detail)


def _bps(one: float, other: float) -> float:
    return abs(one - other) / other * 1e4 if other else float("inf")
