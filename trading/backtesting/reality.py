"""Paper trades beside a backtest of the same bars: every difference, with its cause.

Trades are matched by the candle in which they were opened, else by the nearest one. What differs has
one cause, the first that applies:

- `code`: the strategy's file is not the one that made the trade.
- `data_revision`: the candle that gave the signal was another one then, or came too late.
- `timing`: paper acted in another candle, or not at all, though it knew the same.
- `price`: the market had moved from the candle's price when paper decided.
- `fill`: the order was filled at another price, fee or size than it was decided at.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from trading.backtesting.result import ClosedTrade

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

    Rates are those of the first entry and the last exit: `decided_*` are the prices that the orders
    were placed at, the others those that they were filled at. `orders` counts the filled ones.
    `signal_close` is the close of the candle that gave the entry signal, as it was known then.
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
    pair = _Pair(trade, twin, known)
    pair.compare_entry()
    is_open = twin.exit_reason == "force_exit" and twin.close_date >= until
    pair.compare_orders(len(twin.orders) - is_open)  # the forced exit is no order of the strategy's
    if trade.close_date is not None and not is_open:
        pair.compare_exit(trade.close_date)
    elif (trade.close_date is None) != is_open:
        pair.note_open_side(is_open=is_open)
    return pair.gaps


class _Pair:
    """A trade that both made, and what differs in it."""

    def __init__(self, trade: PaperTrade, twin: ClosedTrade, known: Known) -> None:
        self._trade, self._twin, self._known = trade, twin, known
        self._is_old_code = trade.code_hash != known.code_hash
        self.gaps: list[Gap] = []

    def compare_entry(self) -> None:
        """Compare candle, signal, price and fee of the entry."""
        trade, twin = self._trade, self._twin
        if trade.open_date != twin.open_date:
            cause, why = _cause_of_entry(trade.open_date, trade, self._known)
            self._note(cause, "open_date", trade.open_date.isoformat(), twin.open_date.isoformat(), why)
        if trade.signal_close is not None and (revised := _revision(trade.open_date, trade, self._known)):
            candle = self._known.candles.get(trade.open_date)
            now = None if candle is None else _short(candle.close)
            self._note(Cause.DATA_REVISION, "signal_close", _short(trade.signal_close), now, revised)
        self._compare_rate("open_rate", trade.open_rate, trade.decided_open_rate, twin.orders[0].safe_price)
        if abs(trade.fee_open - twin.fee_open) > FEE_EQUAL:
            detail = "filled at another venue, or as a maker"
            self._note(Cause.FILL, "fee_open", _short(trade.fee_open), _short(twin.fee_open), detail)

    def compare_orders(self, tested: int) -> None:
        """Compare how often the position was changed."""
        if self._trade.orders != tested:
            detail = "the position was changed at another time"
            self._note(Cause.TIMING, "orders", str(self._trade.orders), str(tested), detail)

    def compare_exit(self, closed: datetime) -> None:
        """Compare reason, candle and price of the exit."""
        trade, twin = self._trade, self._twin
        if trade.exit_reason != twin.exit_reason:
            detail = "the prices within the candle were met in another order, or were not seen"
            self._note(Cause.TIMING, "exit_reason", trade.exit_reason, twin.exit_reason, detail)
        if closed != twin.close_date:
            ours, theirs = closed.isoformat(), twin.close_date.isoformat()
            self._note(Cause.TIMING, "close_date", ours, theirs, "sold in another candle")
        if trade.close_rate is not None and trade.decided_close_rate is not None:
            self._compare_rate("close_rate", trade.close_rate, trade.decided_close_rate, twin.close_rate)

    def note_open_side(self, *, is_open: bool) -> None:
        """Say which side is still open; `is_open` is the backtest."""
        closed = self._trade.close_date
        ours = None if closed is None else closed.isoformat()
        theirs = None if is_open else self._twin.close_date.isoformat()
        self._note(Cause.TIMING, "close_date", ours, theirs, "one of the two is still open")

    def _compare_rate(self, field: str, filled: float, decided: float, tested: float) -> None:
        if _bps(filled, tested) <= EQUAL_BPS:
            return
        moved, slipped = _bps(decided, tested), _bps(filled, decided)
        cause = Cause.PRICE if moved > slipped else Cause.FILL
        where = f"decided at {_short(decided)}, {moved:.1f} bps from the candle's"
        detail = f"{where}; filled {slipped:.1f} bps from that"
        self._note(cause, field, _short(filled), _short(tested), detail)

    def _note(self, cause: Cause, field: str, ours: str | None, theirs: str | None, detail: str) -> None:
        self.gaps.append(
            Gap(
                cause=Cause.CODE if self._is_old_code else cause,
                field=field,
                opened_at=self._trade.open_date,
                paper=ours,
                backtest=theirs,
                detail=detail,
            )
        )


def _short(value: float) -> str:
    return f"{value:.10g}"


def _bps(one: float, other: float) -> float:
    return abs(one - other) / other * 1e4 if other else float("inf")
