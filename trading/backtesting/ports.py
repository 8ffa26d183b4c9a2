"""What a backtest asks of the outside: candles, and how far it has come."""

from collections.abc import Sequence
from typing import Protocol

import msgspec
import pandas as pd


class TimeRange(msgspec.Struct, frozen=True):
    """Open times from `start_s` to `stop_s`, both inclusive, seconds UTC; None is unbounded."""

    start_s: int | None = None
    stop_s: int | None = None

    def earlier(self, seconds: int) -> "TimeRange":
        """Return the range with its start moved back, for the candles that warm indicators up."""
        return self if self.start_s is None else TimeRange(self.start_s - seconds, self.stop_s)


UNBOUNDED = TimeRange()


class CandleStore(Protocol):
    """Stored candles by pair, timeframe and type.

    A frame has the columns `date` (open time, datetime64 UTC), `open`, `high`, `low`, `close`, `volume`
    (float64), one row per candle, ascending, without duplicates. It is cut to `timerange` first, and
    then its gaps are filled with flat candles of the previous close and volume 0, so that it starts at
    the first candle that exists in the range. Funding rates are not filled. Nothing stored: an empty
    frame with the same columns. `candle_type` is one of `spot`, `futures`, `mark`, `funding_rate`.
    """

    def candles(
        self, pair: str, timeframe: str, candle_type: str = "spot", timerange: TimeRange = UNBOUNDED
    ) -> pd.DataFrame:
        """Return a frame that the caller may change.

        Raises:
            BadCandles: what is stored can't be used; the message says which file, row and why.
        """
        ...

    def pairs(self, timeframe: str) -> Sequence[str]:
        """Return the pairs that have candles of this timeframe, sorted."""
        ...


class Progress(Protocol):
    """Told how far a run has come, often; it must be quick."""

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Take `done` of `total` steps of a phase: `load`, `analyze` or `trade`."""
        ...
