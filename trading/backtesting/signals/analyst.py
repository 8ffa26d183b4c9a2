"""A strategy at work on one pair: its populate methods, and what the loop reads of their frame."""

import msgspec
import pandas as pd

from trading.backtesting.candles.pair import PairCandles, dates_ns, pair_candles, trim
from trading.backtesting.ports import TimeRange
from trading.strategy_framework.analysis import ENTRY_COLUMNS, add_indicators, add_signals
from trading.strategy_framework.interface.overrides import overridden_callbacks
from trading.strategy_framework.interface.strategy import IStrategy

_CALLED_BEFORE_TRADING = {"bot_start", "informative_pairs"}


class Signaled(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One pair, analysed: what the loop reads, and the whole frame where a callback may ask for it.

    `first_ns` and `last_ns` are the opens of its first and last candle in range; None without any.
    `silence` says why it is never entered; None where it may be.
    """

    candles: PairCandles
    first_ns: int | None = None
    last_ns: int | None = None
    frame: pd.DataFrame | None = None
    silence: str | None = None


class Analyst:
    """The strategy at work on one pair, at any time of the run; it uses `frames` up."""

    def __init__(
        self,
        strategy: IStrategy,
        frames: dict[str, pd.DataFrame],
        *,
        timerange: TimeRange,
        startup_candles: int,
    ) -> None:
        self.strategy = strategy
        self.frames = frames
        self.timerange = timerange
        self.startup_candles = startup_candles
        self.indicated: dict[str, pd.DataFrame] = {}
        self._keeps_frames = bool(overridden_callbacks(strategy) - _CALLED_BEFORE_TRADING)

    def indicate(self, pair: str) -> None:
        """Compute the pair's indicators, once.

        Raises:
            StrategyFailed: a method raised or returned something unusable.
        """
        if pair not in self.indicated:
            self.indicated[pair] = add_indicators(self.strategy, self.frames.pop(pair), {"pair": pair})

    def signal(self, pair: str) -> Signaled:
        """Return the pair's signals; its indicators are computed.

        Raises:
            StrategyFailed: a method raised or returned something unusable.
        """
        frame = add_signals(self.strategy, self.indicated.pop(pair), {"pair": pair})
        trimmed = trim(frame, self.timerange, self.startup_candles)
        candles = pair_candles(pair, trimmed, rows_before=self.startup_candles)
        kept = frame if self._keeps_frames else None
        silence = None if candles.directions(can_short=True).any() else _silence(trimmed)
        if trimmed.empty:
            return Signaled(candles=candles, frame=kept, silence=silence)
        first_ns, last_ns = dates_ns(trimmed["date"].iloc[[0, -1]]).tolist()
        return Signaled(candles=candles, first_ns=first_ns, last_ns=last_ns, frame=kept, silence=silence)

    def forget(self) -> None:
        """Let all frames go: the pairs were analysed elsewhere."""
        self.frames.clear()
        self.indicated.clear()


def _silence(frame: pd.DataFrame) -> str:
    """Say what stands in the entry columns instead of a signal."""
    given = [name for name in ENTRY_COLUMNS if name in frame]
    if not given:
        return f"none of {', '.join(ENTRY_COLUMNS)} is set"
    blank = [name for name in given if frame[name].isna().all()]
    return "; ".join(f"{name} is {'NaN throughout' if name in blank else 'never 1 alone'}" for name in given)
