"""Bars folded from the tape: the same numbers whenever they are asked for."""

import threading
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from simulator.market_model.noise import Floats, Ints
from simulator.market_model.price_path import MINUTE_NS
from simulator.market_model.served import SERVED_MAX, ServedMinute
from simulator.market_model.tape import Print, Tape, Trades

HISTORY_MINUTES = 60 * 1440
"""Nothing is listed longer than this: it bounds the work of one request."""

_BLOCK_MINUTES = 120
_BLOCKS_MAX = 32
_NEVER = 1 << 40


class Candles(NamedTuple):
    """Columns of bars, oldest first. Times in minutes since the epoch, prices and sizes in steps.

    `first_id` is the first trade's; `quote_volume` and `buy_quote` are in quote currency.
    """

    open_minute: Ints
    open: Ints
    high: Ints
    low: Ints
    close: Ints
    volume: Ints
    trade_count: Ints
    buy_volume: Ints
    quote_volume: Floats
    buy_quote: Floats
    first_id: Ints

    def cut(self, first_minute: int, end_minute: int) -> "Candles":
        """Keep the bars that open in [first_minute, end_minute)."""
        low, high = np.searchsorted(self.open_minute, (first_minute, end_minute))
        return Candles(*_rows(self, slice(low, high)))

    def __bool__(self) -> bool:
        return len(self.open_minute) > 0


_EMPTY: list[Any] = [np.zeros(0, dtype=np.int64) for _ in Candles._fields]
NO_CANDLES = Candles(*_EMPTY)


class CandleBook:
    """Bars of one listing at any time, with the minutes of whole blocks kept.

    Any thread may ask for bars while the loop serves trades. What is shared is looked at and changed
    under a lock; the tape is computed outside of it, since a thousand hours take seconds.
    """

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._lock = threading.Lock()
        self._blocks: dict[int, Candles] = {}
        self._served: dict[int, ServedMinute] = {}
        self._served_from = _NEVER
        listing = tape.listing
        self._notional = 10.0 ** -(listing.price_decimals + listing.size_decimals)

    def is_served(self, minute: int) -> bool:
        """Whether a minute was sent otherwise than the tape says (bench mode)."""
        return minute in self._served

    def serve(self, minute: int, trades: Iterable[Print]) -> None:
        """Add trades to a minute whose bar is then what was sent, not what the tape says."""
        with self._lock:
            served = self._served.setdefault(minute, ServedMinute(minute, self._notional))
            for trade in trades:
                served.add(trade)
            if len(self._served) > SERVED_MAX:
                del self._served[next(iter(self._served))]

    def serve_from(self, ts_ns: int) -> None:
        """Let the tape end at `ts_ns`: what is served afterwards is all that there is."""
        minute = ts_ns // MINUTE_NS
        trades = self._tape.trades(minute, minute + 1)
        sent = trades.first(int(np.searchsorted(trades.ts_ns, ts_ns)))
        self.serve(minute, sent.prints())
        self._served_from = minute

    def fold(self, trades: Trades) -> Candles:
        """Fold trades, in order, into bars of one minute."""
        starts = np.flatnonzero(np.diff(trades.minute, prepend=-1))
        if not len(starts):
            return NO_CANDLES
        ends = np.append(starts[1:], len(trades.minute)) - 1
        notional = trades.price * trades.size.astype(np.float64) * self._notional
        return Candles(
            open_minute=trades.minute[starts],
            open=trades.price[starts],
            high=np.maximum.reduceat(trades.price, starts),
            low=np.minimum.reduceat(trades.price, starts),
            close=trades.price[ends],
            volume=np.add.reduceat(trades.size, starts),
            trade_count=ends - starts + 1,
            buy_volume=np.add.reduceat(trades.size * trades.is_buy, starts),
            quote_volume=np.add.reduceat(notional, starts),
            buy_quote=np.add.reduceat(notional * trades.is_buy, starts),
            first_id=trades.trade_id[starts],
        )

    def minutes(self, first_minute: int, end_minute: int, now_ns: int) -> Candles:
        """Return the minute bars that open in [first_minute, end_minute), up to the trades of `now_ns`."""
        present = now_ns // MINUTE_NS
        first = max(first_minute, present - HISTORY_MINUTES)
        end = min(end_minute, present + 1)
        taped = min(end, present, self._served_from)
        parts = [
            self._block(block, min(present, self._served_from))
            for block in range(first // _BLOCK_MINUTES, -(-taped // _BLOCK_MINUTES))
        ]
        if end > present >= first and present < self._served_from:
            parts.append(self._partial(present, now_ns))
        parts.extend(self._served_bars(max(first, self._served_from), end))
        if not parts:
            return NO_CANDLES
        return _join(parts).cut(first, end)

    def bars(self, timeframe_minutes: int, first_minute: int, end_minute: int, now_ns: int) -> Candles:
        """Return bars of any whole number of minutes that open in [first_minute, end_minute)."""
        aligned = -(-first_minute // timeframe_minutes) * timeframe_minutes
        end = -(-end_minute // timeframe_minutes) * timeframe_minutes
        minutes = self.minutes(aligned, end, now_ns)
        return minutes if timeframe_minutes == 1 or not minutes else _merge(minutes, timeframe_minutes)

    def _served_bars(self, first_minute: int, end_minute: int) -> list[Candles]:
        with self._lock:
            rows = [
                served.row()
                for minute, served in sorted(self._served.items())
                if first_minute <= minute < end_minute and served.trade_count
            ]
        columns: list[Any] = [np.array(column) for column in zip(*rows, strict=True)]
        return [Candles(*columns)] if rows else []

    def _partial(self, minute: int, now_ns: int) -> Candles:
        trades = self._tape.trades(minute, minute + 1)
        count = int(np.searchsorted(trades.ts_ns, now_ns, side="right"))
        return self._as_served(self.fold(trades.first(count)))

    def _block(self, block: int, present: int) -> Candles:
        known = self._blocks.get(block)
        if known is not None:
            return known
        first = block * _BLOCK_MINUTES
        end = min(first + _BLOCK_MINUTES, present)
        candles = self._as_served(self.fold(self._tape.trades(first, end)))
        if end == first + _BLOCK_MINUTES:
            with self._lock:
                self._blocks[block] = candles
                if len(self._blocks) > _BLOCKS_MAX:
                    del self._blocks[min(self._blocks)]  # the newest are asked for again and again
        return candles

    def _as_served(self, candles: Candles) -> Candles:
        with self._lock:
            for row, minute in enumerate(candles.open_minute.tolist() if self._served else ()):
                served = self._served.get(minute)
                if served is not None and served.trade_count:
                    for column, value in zip(candles, served.row(), strict=True):
                        column[row] = value
        return candles


def _rows(columns: Iterable[Any], rows: slice) -> list[Any]:
    return [column[rows] for column in columns]


def _join(parts: list[Candles]) -> Candles:
    return Candles(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _merge(minutes: Candles, length: int) -> Candles:
    group = minutes.open_minute // length
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    ends = np.append(starts[1:], len(group)) - 1
    return Candles(
        open_minute=group[starts] * length,
        open=minutes.open[starts],
        high=np.maximum.reduceat(minutes.high, starts),
        low=np.minimum.reduceat(minutes.low, starts),
        close=minutes.close[ends],
        volume=np.add.reduceat(minutes.volume, starts),
        trade_count=np.add.reduceat(minutes.trade_count, starts),
        buy_volume=np.add.reduceat(minutes.buy_volume, starts),
        quote_volume=np.add.reduceat(minutes.quote_volume, starts),
        buy_quote=np.add.reduceat(minutes.buy_quote, starts),
        first_id=minutes.first_id[starts],
    )
