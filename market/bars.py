"""Bars from trades, one instrument at a time, in event time.

A bar closes when a trade, or the time known to have passed, reaches its close time; a minute
without a trade gives a flat bar at the previous close, so that a series has no holes. A minute in
which the feed (re)connected is incomplete and gives no bar: the collector fetches that one from the
venue. A builder is a pure function of what it was given and its state is a few numbers: kept
beside the position in the log, it makes the bars independent of crashes.
"""

from decimal import Decimal

import msgspec

from market.clock import NS_PER_S
from market.events import Bar, Trade
from market.instruments import InstrumentId
from market.timeframes import open_time_of, timeframe_ns

FLAT_BARS_MAX = 1440
"""A longer silence than this many bars is a hole for the backfill, not a run of flat bars."""

CLOCK_SKEW_NS_MAX = 5 * NS_PER_S
"""Venue clocks may run this far ahead of ours."""


class BarState(msgspec.Struct):
    """Everything that a `BarBuilder` remembers.

    `open_time` is that of the bar under way, nanoseconds; nothing before the first event. `close`
    is the last price known, in this bar or before; nothing where trades are missing before it.
    """

    open_time: int | None = None
    is_partial: bool = True
    open: Decimal | None = None
    high: Decimal = Decimal(0)
    low: Decimal = Decimal(0)
    close: Decimal | None = None
    volume: Decimal = Decimal(0)
    trade_count: int = 0


class BarBuilder:
    """Fold the trades of one instrument into bars of one timeframe."""

    def __init__(self, instrument_id: InstrumentId, timeframe: str, state: BarState | None = None) -> None:
        """Start afresh, or go on from a kept `state` (which the builder then owns)."""
        self._id = instrument_id
        self._timeframe = timeframe
        self._length_ns = timeframe_ns(timeframe)
        self.state = state or BarState()

    @property
    def open_time(self) -> int | None:
        """The open time of the bar under way, nanoseconds; nothing before the first event."""
        return self.state.open_time

    def interrupt(self, ts_event: int) -> None:
        """Mark the bar that holds `ts_event` as incomplete: trades are missing from it."""
        open_time = open_time_of(ts_event, self._timeframe)
        if self.state.open_time is None or open_time >= self.state.open_time:
            self.state = BarState(open_time=open_time)
        else:
            self.state.is_partial = True

    def settle(self, bar: Bar) -> None:
        """Take the close of the venue's own `bar`, so that a silence after it gives flat bars."""
        state = self.state
        if state.open_time is None or state.open is not None or bar.close_time > state.open_time:
            return
        if state.close is None or bar.close_time == state.open_time:
            state.close = bar.close

    def add(self, trade: Trade, ts_init: int) -> list[Bar]:
        """Take a trade; return the bars that it closes, oldest first.

        A trade older than the bar under way comes too late and is left out (the venue's own bar
        corrects it at the next backfill).
        """
        closed = self.advance(trade.ts_event, ts_init)
        state = self.state
        if state.open_time is None or trade.ts_event < state.open_time:
            return closed
        price = trade.price
        if state.open is None:
            state.open = state.high = state.low = price
        elif price > state.high:
            state.high = price
        elif price < state.low:
            state.low = price
        state.close = price
        state.volume += trade.size
        state.trade_count += 1
        return closed

    def advance(self, ts_event: int, ts_init: int) -> list[Bar]:
        """Let event time reach `ts_event`; return the bars that this closes, oldest first."""
        state = self.state
        if state.open_time is not None and ts_event < state.open_time + self._length_ns:
            return []
        target = open_time_of(ts_event, self._timeframe)
        if state.open_time is None:
            state.open_time = target
            return []
        closed = self._close(ts_init)
        if (target - state.open_time) // self._length_ns - 1 > FLAT_BARS_MAX or state.close is None:
            self.state = BarState(open_time=target, is_partial=False)
        while self.state.open_time is not None and self.state.open_time < target:
            closed += self._close(ts_init)
        return closed

    def _close(self, ts_init: int) -> list[Bar]:
        """End the bar under way and begin the next; return it unless it is incomplete."""
        state, open_time = self.state, self.state.open_time
        assert open_time is not None, "a bar was begun before it is closed"
        self.state = BarState(open_time=open_time + self._length_ns, is_partial=False, close=state.close)
        if state.is_partial or state.close is None:
            return []
        flat = state.close
        has_trades = state.open is not None
        return [
            Bar(
                venue=self._id.venue,
                symbol=self._id.symbol,
                ts_event=open_time + self._length_ns,
                ts_init=ts_init,
                timeframe=self._timeframe,
                open_time=open_time,
                close_time=open_time + self._length_ns,
                open=state.open if state.open is not None else flat,
                high=state.high if has_trades else flat,
                low=state.low if has_trades else flat,
                close=state.close,
                volume=state.volume,
                trade_count=state.trade_count,
            )
        ]


def first_whole_bar(ts_live: int, timeframe: str) -> int:
    """Return the open time of the first bar that a feed that went live at `ts_live` sees whole."""
    return open_time_of(ts_live + CLOCK_SKEW_NS_MAX, timeframe) + timeframe_ns(timeframe)


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
