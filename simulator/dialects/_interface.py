"""What a venue's dialect is to the server: requests and messages in, bodies and frames out.

A `Gateway` holds a venue's markets and the sessions of its clients. It does no I/O: the server calls
it on its one loop and sends what gathers in each session's `outbox` as websocket text frames.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from simulator.faults import Fault
from simulator.market_model.candles import CandleBook
from simulator.market_model.day import Day
from simulator.market_model.listings import Listing
from simulator.market_model.market import Market, Update
from simulator.market_model.tape import Print

_LONG = {"klines", "uiKlines", "24hr", "candles", "products", "OHLC", "Ticker"}


class Request(NamedTuple):
    """A REST request; `path` is what follows the venue's name in the URL."""

    method: str
    path: str
    query: Mapping[str, str]

    @property
    def is_long(self) -> bool:
        """Whether the answer is made of bars, of which a thousand hours take seconds to compute."""
        parts = self.path.split("/")
        return parts[-1] in _LONG or parts[-2:-1] == ["products"]


class Answer(NamedTuple):
    """A REST answer with a JSON body."""

    status: int
    body: bytes


def answer(document: object, status: int = 200) -> Answer:
    """Encode a document as an answer."""
    return Answer(status, msgspec.json.encode(document))


class BookView(Protocol):
    """A book as REST shows it: prices and sizes in steps."""

    @property
    def top(self) -> tuple[int, int, int, int]:
        """Best bid, its size, best ask, its size."""
        ...

    def best_bids(self, depth: int) -> list[tuple[int, int]]:
        """The `depth` highest bids, best first."""
        ...

    def best_asks(self, depth: int) -> list[tuple[int, int]]:
        """The `depth` lowest asks, best first."""
        ...


class MarketView(Protocol):
    """A market as REST shows it, generated or recorded."""

    @property
    def listing(self) -> Listing:
        """How the venue lists it."""
        ...

    @property
    def candles(self) -> CandleBook:
        """Its bars."""
        ...

    @property
    def book(self) -> BookView:
        """Its book."""
        ...

    @property
    def last(self) -> Print | None:
        """Its last trade."""
        ...

    def recent(self, count: int) -> list[Print]:
        """The newest `count` trades, oldest first."""
        ...

    def day(self, now_ns: int) -> Day:
        """The statistics of its last 24 hours."""
        ...


class Session:
    """One client's websocket connection as the dialect sees it.

    `outbox` holds text frames that wait to be sent; `sent` counts what they carry by kind;
    `is_closing` asks the server to hang up once the outbox is sent.
    """

    def __init__(self) -> None:
        self.outbox: list[bytes] = []
        self.sent: Counter[str] = Counter()
        self.is_closing = False


class Gateway(ABC):
    """One venue: its clients' sessions, and how they are spoken to."""

    venue: str
    ping_interval_s: float | None = None

    def __init__(self) -> None:
        self.sessions: list[Session] = []

    @abstractmethod
    def answer(self, request: Request, now_ns: int) -> Answer:
        """Answer a REST request, in the venue's own error body where it can't be served.

        Those that are long are answered on another thread than all the rest.
        """

    @abstractmethod
    def connect(self, request: Request) -> Session | Answer:
        """Accept a websocket at the request's path, or answer why not."""

    @abstractmethod
    def receive(self, session: Session, text: bytes, now_ns: int) -> None:
        """Take a client's text frame."""

    @abstractmethod
    def step(self, now_ns: int) -> None:
        """Let time reach `now_ns` and put what happened into the outboxes."""

    def disconnect(self, session: Session) -> None:
        """Forget a client."""
        if session in self.sessions:
            self.sessions.remove(session)


class GeneratedGateway(Gateway):
    """A venue whose markets are generated: they can be pumped and broken."""

    def __init__(self, markets: Sequence[Market]) -> None:
        super().__init__()
        self.markets = {market.listing.symbol: market for market in markets}

    @abstractmethod
    def publish(self, market: Market, updates: Sequence[Update], now_ns: int) -> None:
        """Put what happened in a market into the outboxes of those who subscribed to it."""

    @abstractmethod
    def tick(self, now_ns: int) -> None:
        """Send what is due by the clock: windows, heartbeats, bars."""

    @abstractmethod
    def inject(self, fault: Fault, market: Market, now_ns: int) -> None:
        """Break the next frame of a market as the fault says."""

    def step(self, now_ns: int) -> None:
        """Let the markets reach `now_ns` and publish what happened."""
        for market in self.markets.values():
            updates = market.advance(now_ns)
            if updates:
                self.publish(market, updates, now_ns)
        self.tick(now_ns)


def sold_below_zero(market: Market) -> Print:
    """Return a trade that no venue can have meant: its price is negative."""
    last = market.last
    bid, _, _, _ = market.book.top
    return Print(ts_ns=market.now_ns, trade_id=last.trade_id if last else 1, price=-bid, size=1, is_buy=False)
