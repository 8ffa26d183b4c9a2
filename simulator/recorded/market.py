"""A recorded symbol as it stands at the replay's present: book, last trades and bars."""

from collections import deque

import msgspec

from market.clock import NS_PER_MS
from simulator.market_model.candles import CandleBook
from simulator.market_model.price_path import MINUTE_NS
from simulator.market_model.tape import Print, Tape
from simulator.recorded.frames import Frame, steps
from simulator.recorded.listing import TRADES_PER_MINUTE, recorded_listing
from simulator.recorded.source import RecordedSymbol, Snapshot

_TRADES_KEPT = 1000


class _Trade(msgspec.Struct):
    p: str
    q: str
    m: bool
    T: int
    t: int = 0
    a: int = 0


class _Depth(msgspec.Struct):
    u: int
    b: list[tuple[str, str]]
    a: list[tuple[str, str]]


_decode_trade = msgspec.json.Decoder(_Trade).decode
_decode_depth = msgspec.json.Decoder(_Depth).decode


class RecordedBook:
    """The book at the replay's present, in the venue's own words.

    Until the replay reaches the recorded snapshot, the snapshot itself is the book: a client that
    buffers deltas drops those that it already holds, as with the real venue.
    """

    def __init__(self, snapshot: Snapshot, places: int) -> None:
        self.sequence = snapshot.lastUpdateId
        self._places = places
        self._bids = {steps(price, places): (price, size) for price, size in snapshot.bids}
        self._asks = {steps(price, places): (price, size) for price, size in snapshot.asks}

    def apply(self, depth: _Depth) -> None:
        """Change the levels of a delta that is newer than the book."""
        if depth.u <= self.sequence:
            return
        self.sequence = depth.u
        for side, levels in ((self._bids, depth.b), (self._asks, depth.a)):
            for price, size in levels:
                if size.strip("0."):
                    side[steps(price, self._places)] = (price, size)
                else:
                    side.pop(steps(price, self._places), None)

    def bids(self, depth: int) -> list[tuple[str, str]]:
        """The highest bids, best first."""
        return [self._bids[price] for price in sorted(self._bids, reverse=True)[:depth]]

    def asks(self, depth: int) -> list[tuple[str, str]]:
        """The lowest asks, best first."""
        return [self._asks[price] for price in sorted(self._asks)[:depth]]


class RecordedMarket:
    """One symbol of a recording. Bars before `start_ns` are made up, to end at its first price."""

    def __init__(self, recorded: RecordedSymbol, seed: int, start_ns: int) -> None:
        self.name = recorded.name
        self.symbol = recorded.symbol
        self._recorded = recorded
        self.listing = recorded_listing(
            "binance",
            recorded.symbol,
            recorded.snapshot.bids + recorded.snapshot.asks,
            recorded.first_price,
            seed=seed,
            start_ns=start_ns,
        )
        self.candles = CandleBook(Tape(seed, self.listing, TRADES_PER_MINUTE))
        self.candles.serve_from(start_ns)
        self.last_trades: deque[Print] = deque(maxlen=_TRADES_KEPT)
        self.restart()

    def restart(self) -> None:
        """Go back to the recording's first book."""
        self.book = RecordedBook(self._recorded.snapshot, self.listing.price_decimals)

    def take(self, frame: Frame) -> None:
        """Follow a frame that is being sent."""
        if frame.kind == "depth":
            self.book.apply(_decode_depth(frame.data))
        elif frame.kind in ("trade", "aggTrade"):
            trade = _decode_trade(frame.data)
            made = Print(
                ts_ns=trade.T * NS_PER_MS,
                trade_id=trade.t or trade.a,
                price=steps(trade.p, self.listing.price_decimals),
                size=steps(trade.q, self.listing.size_decimals),
                is_buy=not trade.m,
            )
            self.last_trades.append(made)
            self.candles.serve(made.ts_ns // MINUTE_NS, [made])
