"""Candles that are in memory already: a table from a file, the database, or a test."""

from collections.abc import Mapping, Sequence

import pandas as pd

from trading.backtesting.data.cleaning import clean
from trading.backtesting.data.columns import empty_candles, from_frame, to_frame, value_columns
from trading.backtesting.data.remarks import Remark
from trading.backtesting.data.stores.joining import join_candles
from trading.backtesting.errors import BadCandles
from trading.backtesting.ports import UNBOUNDED, TimeRange
from trading.strategy_framework.candles.times import timeframe_to_seconds


class MemoryStore:
    """Frames by pair, timeframe and candle type; `remarks` grows with what was odd in those used."""

    def __init__(
        self, frames: Mapping[tuple[str, str, str], pd.DataFrame], *, source: str = "candles in memory"
    ) -> None:
        """Keep the frames as they are; `source` names their origin in messages.

        Raises:
            BadCandles: a frame lacks a column, or its times are not aware.
        """
        for (pair, timeframe, candle_type), frame in frames.items():
            missing = [name for name in ("date", *value_columns(candle_type)) if name not in frame]
            where = f"{source}, {pair} {timeframe}"
            if missing:
                raise BadCandles(
                    f"{where} lacks {', '.join(missing)}; it has: {', '.join(map(str, frame.columns))}"
                )
            if not isinstance(frame["date"].dtype, pd.DatetimeTZDtype):
                raise BadCandles(f"{where}: date holds {frame['date'].dtype}, not times with a time zone")
        self.source = source
        self.remarks: list[Remark] = []
        self._frames = dict(frames)

    def pairs(self, timeframe: str) -> Sequence[str]:
        """Return the pairs that have candles of this timeframe, or shorter ones that join into it."""
        return sorted({pair for pair, own, _ in self._frames if _joins(own, timeframe)})

    def candles(
        self, pair: str, timeframe: str, candle_type: str = "spot", timerange: TimeRange = UNBOUNDED
    ) -> pd.DataFrame:
        """Return a copy of a pair's candles: cut to the range, in order, gaps filled.

        Without candles of the timeframe itself, the longest shorter ones are joined into it.
        """
        frame = self._frame(pair, timeframe, candle_type)
        if frame is None:
            return to_frame(empty_candles(candle_type))
        raw = from_frame(frame, candle_type).within(timerange)
        source = f"{self.source}, {pair} {timeframe}"
        cleaned = clean(raw, timeframe=timeframe, candle_type=candle_type, source=source)
        self.remarks += [remark for remark in cleaned.remarks if remark not in self.remarks]
        return to_frame(cleaned.filled)

    def _frame(self, pair: str, timeframe: str, candle_type: str) -> pd.DataFrame | None:
        fitting = [
            own
            for held, own, kind in self._frames
            if held == pair and kind == candle_type and _joins(own, timeframe)
        ]
        if not fitting:
            return None
        longest = max(fitting, key=timeframe_to_seconds)
        frame = self._frames[pair, longest, candle_type]
        if longest != timeframe:
            frame = join_candles(frame, timeframe)
            self._frames[pair, timeframe, candle_type] = frame
        return frame


def _joins(own: str, wanted: str) -> bool:
    own_s, wanted_s = timeframe_to_seconds(own), timeframe_to_seconds(wanted)
    return own == wanted or (wanted_s <= 86_400 and own_s < wanted_s and wanted_s % own_s == 0)
