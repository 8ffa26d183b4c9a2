"""One listing as it lives: the tape's trades in their time, and a book that they consume."""

from bisect import bisect_right
from random import Random
from typing import NamedTuple, TypeAlias

import numpy as np

from market.clock import NS_PER_MS, NS_PER_S
from simulator.market_model.book import BookChange, LiveBook
from simulator.market_model.candles import CandleBook
from simulator.market_model.day import DAY_AGE_NS, Day, last_day
from simulator.market_model.listings import Listing
from simulator.market_model.noise import key_of
from simulator.market_model.price_path import MINUTE_NS
from simulator.market_model.tape import Print, Tape

_GRID_NS = 100 * NS_PER_MS
PUMPED_ID = 10**12
"""Trades of bench mode number from here."""


Update: TypeAlias = Print | BookChange


class Pace(NamedTuple):
    """Mean trades and book changes a second of one listing."""

    trades_per_s: float
    changes_per_s: float


class Market:
    """One listing: `advance` it through time and it returns what happened."""

    def __init__(self, seed: int, listing: Listing, pace: Pace, now_ns: int) -> None:
        self.listing = listing
        self.tape = Tape(seed, listing, pace.trades_per_s * 60)
        self.candles = CandleBook(self.tape)
        self.now_ns = now_ns
        self.last: Print | None = None
        self._rng = Random(key_of(seed, listing.symbol, listing.venue, now_ns))  # noqa: S311 - no secret
        self._step_s = 1.0 / pace.changes_per_s
        self.book = LiveBook(listing, self._rng, sequence=now_ns // NS_PER_MS)
        self.is_pumped = False
        self._pumped = 0
        self._day: Day | None = None
        self._day_ns = 0
        self._minute = -1
        self._sent: list[Print] = []
        self._load(now_ns // MINUTE_NS)
        self._next_trade = bisect_right(self._times, now_ns)
        self._next_step_ns = now_ns + self._wait_ns()
        self._sent = self._prints[: self._next_trade]
        if self._sent:
            self.last = self._sent[-1]
        self.book.quote(*self._quote(now_ns), now_ns, touches=0)

    def advance(self, to_ns: int) -> list[Update]:
        """Return everything that happens in (now, to_ns], in order."""
        updates: list[Update] = []
        while True:
            trade_ns = self._trade_ns()
            step_ns = min(trade_ns, self._next_step_ns)
            if step_ns > to_ns:
                break
            self.now_ns = step_ns
            if step_ns // MINUTE_NS != self._minute:
                self._load(step_ns // MINUTE_NS)
            elif trade_ns <= self._next_step_ns:
                self._trade(updates)
            else:
                self._append(updates, self.book.quote(*self._quote(step_ns), step_ns))
                self._next_step_ns = step_ns + self._wait_ns()
        self.now_ns = to_ns
        return updates

    def pump(self, count: int, now_ns: int) -> list[Print]:
        """Return `count` trades of this instant at the best prices, in place of the tape's."""
        bid, _, ask, _ = self.book.top
        size = max(1, self._trades.size[0].item())
        prints = []
        for number in range(self._pumped, self._pumped + count):
            is_buy = number & 1 == 0
            prints.append(Print(now_ns, PUMPED_ID + number, ask if is_buy else bid, size, is_buy))
        self._pumped += count
        self.last = prints[-1]
        minute = now_ns // MINUTE_NS
        if not self.candles.is_served(minute):
            self.candles.serve(minute, self._sent if minute == self._minute else [])
        self.candles.serve(minute, prints)
        return prints

    def recent(self, count: int) -> list[Print]:
        """The newest `count` trades up to now, oldest first."""
        first = self._minute
        trades = now = self._trades.first(self._next_trade)
        while len(trades.price) < count and self._minute - first < 720:
            first -= 10
            trades = self.tape.trades(first, self._minute).then(now)
        return trades.prints(count)

    def day(self, now_ns: int) -> Day:
        """Return the statistics of the last 24 hours, at most ten seconds old."""
        if self._day is None or now_ns - self._day_ns > DAY_AGE_NS:
            self._day, self._day_ns = last_day(self.candles, self.listing, now_ns), now_ns
        return self._day

    def _trade_ns(self) -> int:
        """The time of the next trade, or of the next minute, whose trades come first to be known."""
        if self._next_trade < len(self._times):
            return self._times[self._next_trade]
        return (self._minute + 1) * MINUTE_NS

    def _load(self, minute: int) -> None:
        self._minute, self._next_trade = minute, 0
        self._sent = []
        self._trades = self.tape.trades(minute, minute + 1)
        self._times: list[int] = self._trades.ts_ns.tolist()
        self._prints = self._trades.prints()
        grid = minute * MINUTE_NS + np.arange(0, MINUTE_NS + _GRID_NS, _GRID_NS)
        bids, asks = self.tape.quote(self.tape.path.at(grid))
        self._bids, self._asks = bids.tolist(), asks.tolist()
        trade_bids, trade_asks = self.tape.quote(self.tape.path.at(self._trades.ts_ns))
        self._trade_quotes: list[tuple[int, int]] = list(
            zip(trade_bids.tolist(), trade_asks.tolist(), strict=True)
        )

    def _quote(self, ts_ns: int) -> tuple[int, int]:
        slot = (ts_ns - self._minute * MINUTE_NS) // _GRID_NS
        return self._bids[slot], self._asks[slot]

    def _trade(self, updates: list[Update]) -> None:
        """Quote the trade's moment, show at least what it takes, print it, and take it."""
        index, self._next_trade = self._next_trade, self._next_trade + 1
        trade = self._prints[index]
        ts_ns, is_ask = trade.ts_ns, trade.is_buy
        self._append(updates, self.book.quote(*self._trade_quotes[index], ts_ns, touches=0))
        if self.is_pumped:
            return
        self._sent.append(trade)
        if self.candles.is_served(self._minute):
            self.candles.serve(self._minute, [trade])
        self._append(updates, self.book.ensure(is_ask=is_ask, size=trade.size, ts_ns=ts_ns))
        self.last = trade
        updates.append(trade)
        self._append(updates, self.book.take(is_ask=is_ask, size=trade.size, ts_ns=ts_ns))

    def _wait_ns(self) -> int:
        return int(self._rng.expovariate(1.0) * self._step_s * NS_PER_S) + NS_PER_MS

    @staticmethod
    def _append(updates: list[Update], change: BookChange | None) -> None:
        if change is not None:
            updates.append(change)
