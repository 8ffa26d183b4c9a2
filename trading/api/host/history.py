"""The candles that strategies see: closed one-minute bars of one venue, and what they add up to."""

from bisect import insort
from collections.abc import Iterable, Sequence
from itertools import groupby

from market.bars import merge_bars
from market.events import Bar
from market.timeframes import open_time_of, timeframe_ns


class BarHistory:
    """The newest bars of each symbol, ascending and without duplicates; bounded.

    A venue's own bar replaces one that was built from trades, never the reverse.
    """

    def __init__(self, bars_max: int) -> None:
        self._bars_max = bars_max
        self._bars: dict[str, list[Bar]] = {}

    def add(self, bars: Iterable[Bar]) -> None:
        """Take closed one-minute bars in any order."""
        for bar in bars:
            self._add(bar)

    def newest_close(self, symbol: str, timeframe: str) -> int | None:
        """Return the close time of the newest closed candle, or nothing where there is none."""
        known = self._bars.get(symbol)
        if not known:
            return None
        length_ns = timeframe_ns(timeframe)
        close_time = known[-1].close_time
        return close_time - close_time % length_ns or None

    def symbols(self, length_ns: int) -> list[str]:
        """Return the symbols whose bars add up to a candle of that length, sorted."""
        return sorted(
            symbol
            for symbol, bars in self._bars.items()
            if bars and bars[-1].close_time - bars[0].open_time >= length_ns
        )

    def candles(self, symbol: str, timeframe: str) -> list[Bar]:
        """Return the closed candles of a timeframe, oldest first; the first whole one onwards."""
        minutes = self._bars.get(symbol, [])
        if timeframe == "1m":
            return list(minutes)
        return list(_joined(minutes, timeframe))

    def _add(self, bar: Bar) -> None:
        known = self._bars.setdefault(bar.symbol, [])
        if not known or bar.open_time > known[-1].open_time:
            known.append(bar)
        else:
            self._place(known, bar)
        del known[: -self._bars_max]

    def _place(self, known: list[Bar], bar: Bar) -> None:
        index = next((i for i, one in enumerate(known) if one.open_time == bar.open_time), None)
        if index is None:
            insort(known, bar, key=lambda one: one.open_time)
        elif bar.source == "venue" or known[index].source == "trades":
            known[index] = bar


def _joined(minutes: Sequence[Bar], timeframe: str) -> Iterable[Bar]:
    length_ns = timeframe_ns(timeframe)
    is_whole = False
    for opened, group in groupby(minutes, key=lambda bar: open_time_of(bar.open_time, timeframe)):
        members = list(group)
        is_whole = is_whole or members[0].open_time == opened
        if not is_whole or members[-1].close_time != opened + length_ns:
            continue
        joined = members[0]
        for member in members[1:]:
            joined = merge_bars(joined, member)
        yield Bar(
            venue=joined.venue,
            symbol=joined.symbol,
            ts_event=opened + length_ns,
            ts_init=joined.ts_init,
            timeframe=timeframe,
            open_time=opened,
            close_time=opened + length_ns,
            open=joined.open,
            high=joined.high,
            low=joined.low,
            close=joined.close,
            volume=joined.volume,
            trade_count=joined.trade_count,
            source=joined.source,
        )
