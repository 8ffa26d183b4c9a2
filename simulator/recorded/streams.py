"""What a recorded venue's websocket says, as far as it must be understood to be served.

Frames are sent as they were recorded. They are read only to know whom they concern, and so that
books, last trades and bars of REST go with what was sent.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from simulator.dialects._interface import Answer, MarketView, Request

UNREADABLE = (msgspec.MsgspecError, ValueError)
"""What reading a frame's books or trades raises where the venue wrote something else."""


class Heard(NamedTuple):
    """Whom a frame concerns: those who subscribed to `channel` for one of `symbols`.

    Without symbols it concerns the whole channel, with an empty channel everybody, and with none
    nobody. `kind` is the name under which frames are counted. `is_numbered` tells whether the venue
    numbers the frame among those of its connection.
    """

    channel: str | None
    symbols: tuple[str, ...] = ()
    kind: str = ""
    is_numbered: bool = False


class Levels(NamedTuple):
    """Levels of one book, as (is a bid, price, size); a snapshot's are the whole book."""

    symbol: str
    is_snapshot: bool
    rows: list[tuple[bool, str, str]]


class Traded(NamedTuple):
    """One trade; `is_buy` tells whether the taker bought."""

    symbol: str
    trade_id: int
    price: str
    size: str
    ts_ns: int
    is_buy: bool


class Wish(NamedTuple):
    """A client's subscription or its end; without symbols it is about all of them."""

    is_subscribe: bool
    channel: str
    symbols: tuple[str, ...]


class StreamFormat(Protocol):
    """One venue's websocket."""

    venue: str
    depth_max: int | None

    def accepts(self, path: str) -> bool:
        """Whether there is a websocket at the path."""
        ...

    def heard(self, frame: bytes) -> Heard:
        """Find out whom a frame concerns."""
        ...

    def books(self, frame: bytes) -> list[Levels]:
        """Read the levels of a book frame; fails with one of UNREADABLE."""
        ...

    def trades(self, frame: bytes) -> list[Traded]:
        """Read the trades of a trade frame, as `books`, but for those from before the connection."""
        ...

    def command(self, text: bytes, symbols: Sequence[str]) -> Wish | bytes:
        """Read a client's message; bytes are the answer to one that changes no subscription."""
        ...

    def renumbered(self, frame: bytes, left_out: int) -> bytes:
        """Return the frame as it is numbered when `left_out` frames before it were not sent."""
        ...

    def rest(self, markets: Mapping[str, MarketView]) -> "RestAnswers":
        """Return what answers REST requests about the markets, which come by symbol."""
        ...


class RestAnswers(Protocol):
    """What answers REST requests."""

    def answer(self, request: Request, now_ns: int) -> Answer:
        """Answer a request as the venue would."""
        ...
