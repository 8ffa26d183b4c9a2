"""Every pair through the strategy's populate methods, in freqtrade's order, as strategies can see it.

The indicators of all pairs come first, then the signals of each pair. With several processes asked for,
pairs are analysed at once where none can know of another.
"""

import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from market.clock import NS_PER_S
from trading.backtesting.candles.pair import PairCandles
from trading.backtesting.candles.present import PresentData
from trading.backtesting.errors import NoCandles
from trading.backtesting.general_loop import Span
from trading.backtesting.ports import CandleStore, Progress
from trading.backtesting.signals.analyst import Analyst, Signaled
from trading.backtesting.signals.source_text import reaches_outside
from trading.backtesting.signals.workers import Refused, Task, signaled_apart
from trading.strategy_framework.candles.times import timeframe_to_seconds
from trading.strategy_framework.trades.book import TradeBook


class Analyzed(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The pairs with their signals, their common span, and what the user should know of both."""

    candles: list[PairCandles]
    span: Span
    remarks: tuple[str, ...] = ()


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    """Over how many processes pairs may be spread.

    `book` and `store` are those of the run: a strategy may lock pairs, reading candles leaves remarks.
    """

    processes: int
    book: TradeBook
    store: CandleStore

    @property
    def remarks(self) -> list[Any]:
        """What was odd in the candles read so far."""
        found: list[Any] = getattr(self.store, "remarks", [])
        return found


def analyzed(
    analyst: Analyst, data: PresentData, sharing: Sharing, *, progress: Progress | None = None
) -> Analyzed:
    """Analyse all pairs; frames are kept in `data` only for strategies whose callbacks can ask for them.

    Raises:
        NoCandles: nothing is left after the warm-up.
        StrategyFailed: a method raised or returned something unusable.
        ProcessEnded: a process that analysed pairs was killed.
    """
    strategy, pairs = analyst.strategy, list(analyst.frames)

    def tell(done: int) -> None:
        if progress is not None:
            progress("analyze", done, len(pairs))

    apart = _apart(analyst, pairs, sharing, tell)
    found = apart if isinstance(apart, list) else _together(analyst, pairs, tell)
    for each in found:
        if each.frame is not None:
            data.set_analyzed(each.candles.pair, strategy.timeframe, each.frame)
    firsts = [each.first_ns for each in found if each.first_ns is not None]
    lasts = [each.last_ns for each in found if each.last_ns is not None]
    if not firsts:
        raise NoCandles(
            f"no candles are left after the {analyst.startup_candles} that {strategy.get_strategy_name()} "
            "needs to warm up: choose a longer time range"
        )
    timeframe_ns = timeframe_to_seconds(strategy.timeframe) * NS_PER_S
    return Analyzed(
        candles=[each.candles for each in found],
        span=Span(min(firsts), max(lasts), timeframe_ns),
        remarks=(*_refusal(apart), *_silence(strategy.get_strategy_name(), found)),
    )


def _together(analyst: Analyst, pairs: Sequence[str], tell: Callable[[int], None]) -> list[Signaled]:
    for number, pair in enumerate(pairs, start=1):
        analyst.indicate(pair)
        tell(number)
    return [analyst.signal(pair) for pair in pairs]


def _apart(
    analyst: Analyst, pairs: Sequence[str], sharing: Sharing, tell: Callable[[int], None]
) -> list[Signaled] | Refused | None:
    """Analyse the pairs in several processes; None where that is not wanted."""
    processes = min(sharing.processes, len(pairs))
    if processes == 1:
        return None
    if hindrance := _hindrance(analyst):
        return Refused(hindrance)
    found = signaled_apart(Task(analyst, pairs, sharing.book, sharing.remarks), processes, tell)
    if isinstance(found, list):
        analyst.forget()
    return found


def _refusal(apart: list[Signaled] | Refused | None) -> tuple[str, ...]:
    return (f"one process analysed all pairs: {apart.reason}",) if isinstance(apart, Refused) else ()


def _silence(name: str, found: Sequence[Signaled]) -> tuple[str, ...]:
    """Say why nothing at all is entered, as a mistake in a strategy looks like a quiet market."""
    reasons = list(dict.fromkeys(each.silence for each in found))
    if None in reasons:
        return ()
    return (f"{name} gives no entry signal on any pair: {' or '.join(map(str, reasons))}",)


def _hindrance(analyst: Analyst) -> str | None:
    if sys.platform != "linux":
        return "this system can't copy a process safely"
    if threading.active_count() > 1:
        return "threads are at work, which a copy of the process would lack"
    return reaches_outside(analyst.strategy)
