"""Bars from trades, one instrument at a time, in event time.

A bar closes when a trade, a quote or the clock passes its close time; a minute without a trade
gives a flat bar at the previous close, so that a series has no holes. A minute in which the feed
(re)connected is incomplete and gives no bar: the collector fetches that one from the venue.
"""

from decimal import Decimal

from market.events import Bar, Trade
from market.instruments import InstrumentId
from market.timeframes import open_time_of, timeframe_ns

FLAT_BARS_MAX = 1440
"""A longer silence than this many bars is a hole for the backfill, not a run of flat bars."""


class BarBuilder:
    """Fold the trades of one instrument into bars of one timeframe."""

    def __init__(self, instrument_id: InstrumentId, timeframe: str) -> None:
        self._id = instrument_id
        self._timeframe = timeframe
        self._length_ns = timeframe_ns(timeframe)
        self._open_time: int | None = None
        self._trades: list[tuple[Decimal, Decimal]] = []
        self._last_close: Decimal | None = None
        self._is_partial = True

    @property
    def open_time(self) -> int | None:
        """The open time of the bar under way, nanoseconds; nothing before the first event."""
        return self._open_time

    def interrupt(self, ts_event: int) -> None:
        """Mark the bar that holds `ts_event` as incomplete: trades are missing from it."""
        open_time = open_time_of(ts_event, self._timeframe)
        if self._open_time is None or open_time >= self._open_time:
            self._open_time, self._trades = open_time, []
            self._is_partial, self._last_close = True, None

    def add(self, trade: Trade, ts_init: int) -> list[Bar]:
        """Take a trade; return the bars that it closes, oldest first.

        A trade older than the bar under way comes too late and is left out (the venue's own bar
        corrects it at the next backfill).
        """
        closed = self.advance(trade.ts_event, ts_init)
        if self._open_time is not None and trade.ts_event >= self._open_time:
            self._trades.append((trade.price, trade.size))
        return closed

    def advance(self, ts_event: int, ts_init: int) -> list[Bar]:
        """Let event time reach `ts_event`; return the bars that this closes, oldest first."""
        target = open_time_of(ts_event, self._timeframe)
        if self._open_time is None:
            self._open_time = target
        if target <= self._open_time:
            return []
        closed = [bar] if (bar := self._close(ts_init)) else []
        missing = (target - self._open_time) // self._length_ns - 1
        self._open_time += self._length_ns
        if missing > FLAT_BARS_MAX:
            self._last_close = None
        while self._open_time < target:
            if bar := self._close(ts_init):
                closed.append(bar)
                self._open_time += self._length_ns
            else:
                self._open_time = target
        return closed

    def _close(self, ts_init: int) -> Bar | None:
        trades, self._trades = self._trades, []
        was_partial, self._is_partial = self._is_partial, False
        if trades:
            self._last_close = trades[-1][0]
        if was_partial or self._last_close is None or self._open_time is None:
            return None
        prices = [price for price, _ in trades] or [self._last_close]
        return Bar(
            venue=self._id.venue,
            symbol=self._id.symbol,
            ts_event=self._open_time + self._length_ns,
            ts_init=ts_init,
            timeframe=self._timeframe,
            open_time=self._open_time,
            close_time=self._open_time + self._length_ns,
            open=prices[0],
            high=max(prices),
            low=min(prices),
            close=prices[-1],
            volume=sum((size for _, size in trades), Decimal(0)),
            trade_count=len(trades),
        )


def merge_bars(first: Bar, second: Bar) -> Bar:
    """Join two adjacent bars of one instrument into one; associative."""
    return Bar(
        venue=first.venue,
        symbol=first.symbol,
        ts_event=second.ts_event,
        ts_init=max(first.ts_init, second.ts_init),
        timeframe=first.timeframe,
        open_time=first.open_time,
        close_time=second.close_time,
        open=first.open,
        high=max(first.high, second.high),
        low=min(first.low, second.low),
        close=second.close,
        volume=first.volume + second.volume,
        trade_count=first.trade_count + second.trade_count,
        source=first.source,
    )
