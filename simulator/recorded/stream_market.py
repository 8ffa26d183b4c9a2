"""A recorded symbol of a venue whose stream tells the whole book: book, last trades and bars."""

from collections import deque
from heapq import nlargest, nsmallest

from simulator.dialects._interface import Session
from simulator.market_model.candles import CandleBook
from simulator.market_model.day import DAY_AGE_NS, Day, last_day
from simulator.market_model.price_path import MINUTE_NS
from simulator.market_model.tape import Print, Tape
from simulator.recorded.frames import steps
from simulator.recorded.listing import TRADES_PER_MINUTE, recorded_listing
from simulator.recorded.stream_source import StreamedSymbol
from simulator.recorded.streams import Levels, Traded

_TRADES_KEPT = 1000


class StreamedBook:
    """A book in steps; `depth_max` is how many levels of a side the venue speaks of."""

    def __init__(self, price_decimals: int, size_decimals: int, depth_max: int | None) -> None:
        self._places = (price_decimals, size_decimals)
        self._depth_max = depth_max
        self._bids: dict[int, int] = {}
        self._asks: dict[int, int] = {}

    @property
    def top(self) -> tuple[int, int, int, int]:
        """Best bid, its size, best ask, its size; zeros where a side is empty."""
        bid, ask = max(self._bids, default=0), min(self._asks, default=0)
        return bid, self._bids.get(bid, 0), ask, self._asks.get(ask, 0)

    def best_bids(self, depth: int) -> list[tuple[int, int]]:
        """The `depth` highest bids, best first."""
        return [(price, self._bids[price]) for price in nlargest(depth, self._bids)]

    def best_asks(self, depth: int) -> list[tuple[int, int]]:
        """The `depth` lowest asks, best first."""
        return [(price, self._asks[price]) for price in nsmallest(depth, self._asks)]

    def apply(self, levels: Levels) -> None:
        """Take a snapshot or changed levels."""
        if levels.is_snapshot:
            self._bids, self._asks = {}, {}
        for is_bid, price, size in levels.rows:
            side = self._bids if is_bid else self._asks
            held = steps(size, self._places[1])
            if held:
                side[steps(price, self._places[0])] = held
            else:
                side.pop(steps(price, self._places[0]), None)
        if self._depth_max is not None:
            self._bids = dict(self.best_bids(self._depth_max))
            self._asks = dict(self.best_asks(self._depth_max))


class StreamedMarket:
    """One symbol. It follows what `leader` is sent, the first of the clients that listen to it.

    Bars are made up until the first tape starts, and from then on those of the trades sent.
    """

    def __init__(
        self, venue: str, recorded: StreamedSymbol, depth_max: int | None, *, seed: int, start_ns: int
    ) -> None:
        self.symbol = recorded.symbol
        levels = [(price, size) for _, price, size in recorded.book.rows]
        self.listing = recorded_listing(
            venue, self.symbol, levels, recorded.first_price, seed=seed, start_ns=start_ns
        )
        self.candles = CandleBook(Tape(seed, self.listing, TRADES_PER_MINUTE))
        self.book = StreamedBook(self.listing.price_decimals, self.listing.size_decimals, depth_max)
        self.book.apply(recorded.book)
        self.last: Print | None = None
        self.leader: Session | None = None
        self._trades: deque[Print] = deque(maxlen=_TRADES_KEPT)
        self._since_minute: int | None = None
        self._day: Day | None = None
        self._day_ns = 0

    def recent(self, count: int) -> list[Print]:
        """The newest `count` trades that were sent, oldest first."""
        return list(self._trades)[-count:]

    def day(self, now_ns: int) -> Day:
        """Return the statistics of the last 24 hours, at most ten seconds old."""
        if self._day is None or now_ns - self._day_ns > DAY_AGE_NS:
            self._day, self._day_ns = last_day(self.candles, self.listing, now_ns), now_ns
        return self._day

    def start(self, now_ns: int) -> None:
        """Let the made-up past end; later starts change nothing."""
        if self._since_minute is None:
            self._since_minute = now_ns // MINUTE_NS
            self.candles.serve_from(now_ns)

    def take(self, trade: Traded) -> None:
        """Follow a trade that is being sent."""
        made = Print(
            ts_ns=trade.ts_ns,
            trade_id=trade.trade_id,
            price=steps(trade.price, self.listing.price_decimals),
            size=steps(trade.size, self.listing.size_decimals),
            is_buy=trade.is_buy,
        )
        self.last = made
        self._trades.append(made)
        self.candles.serve(max(made.ts_ns // MINUTE_NS, self._since_minute or 0), [made])
