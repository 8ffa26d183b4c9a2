"""Recorded frames of Kraken's websocket version 2.

Bars are not served: moved by anything but whole minutes they would open within a minute.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from simulator.dialects._interface import MarketView
from simulator.dialects.kraken.commands import decode_command
from simulator.dialects.kraken.rest import Rest
from simulator.recorded.streams import Heard, Levels, RestAnswers, Traded, Wish
from simulator.recorded.times import ns_of

_BY_SYMBOL = {"book": "depth", "trade": "trades", "ticker": "quotes"}
"""Channels whose frames name symbols, with the name under which they are counted."""

_ALL = ("status", "heartbeat")


class _Result(msgspec.Struct, gc=False):
    channel: str = ""
    symbol: str = ""


class _Envelope(msgspec.Struct, gc=False):
    channel: str = ""
    type: str = ""
    data: msgspec.Raw = msgspec.Raw(b"[]")
    method: str = ""
    symbol: str = ""
    result: _Result | None = None


class _Named(msgspec.Struct, gc=False):
    symbol: str


class _Level(msgspec.Struct, gc=False):
    price: Decimal
    qty: Decimal


class _Book(msgspec.Struct, gc=False):
    symbol: str
    bids: list[_Level] = []
    asks: list[_Level] = []


class _Trade(msgspec.Struct, gc=False):
    symbol: str
    side: str
    price: Decimal
    qty: Decimal
    trade_id: int
    timestamp: str


_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_decode_named = msgspec.json.Decoder(list[_Named]).decode
_decode_books = msgspec.json.Decoder(list[_Book]).decode
_decode_trades = msgspec.json.Decoder(list[_Trade]).decode


class KrakenFormat:
    """Frames `{"channel":…,"type":…,"data":[…]}` and answers `{"method":…,"result":…}`."""

    venue = "kraken"

    def __init__(self, depth_max: int | None = None) -> None:
        self.depth_max = depth_max

    def accepts(self, path: str) -> bool:
        """Whether there is a websocket at the path."""
        return path == "/v2"

    def heard(self, frame: bytes) -> Heard:
        """Find out whom a frame concerns."""
        try:
            envelope = _decode_envelope(frame)
            if envelope.channel in _BY_SYMBOL:
                names = tuple(sorted({item.symbol for item in _decode_named(envelope.data)}))
                return Heard(envelope.channel if names else None, names, _BY_SYMBOL[envelope.channel])
        except msgspec.MsgspecError:
            return Heard(None)
        if envelope.channel in _ALL:
            return Heard("")
        if envelope.channel == "instrument":
            return Heard("instrument")
        if envelope.method and envelope.result is not None and envelope.result.channel:
            symbol = envelope.result.symbol
            return Heard(envelope.result.channel, (symbol,) if symbol else ())
        return Heard(None)

    def books(self, frame: bytes) -> list[Levels]:
        """Read the levels of a book frame."""
        envelope = _decode_envelope(frame)
        return [
            Levels(
                book.symbol,
                envelope.type == "snapshot",
                [
                    (is_bid, f"{level.price:f}", f"{level.qty:f}")
                    for is_bid, levels in ((True, book.bids), (False, book.asks))
                    for level in levels
                ],
            )
            for book in _decode_books(envelope.data)
        ]

    def trades(self, frame: bytes) -> list[Traded]:
        """Read trades; `side` is the taker's."""
        envelope = _decode_envelope(frame)
        if envelope.type != "update":
            return []
        return [
            Traded(
                trade.symbol,
                trade.trade_id,
                f"{trade.price:f}",
                f"{trade.qty:f}",
                ns_of(trade.timestamp),
                trade.side == "buy",
            )
            for trade in _decode_trades(envelope.data)
        ]

    def command(self, text: bytes, symbols: Sequence[str]) -> Wish | bytes:
        """Read subscribe, unsubscribe and ping; symbols that were not recorded are left out."""
        try:
            command = decode_command(text)
        except msgspec.MsgspecError as error:
            return msgspec.json.encode({"error": f"Malformed request: {error}", "success": False})
        if command.method == "ping":
            return msgspec.json.encode({"method": "pong", "req_id": command.req_id})
        if command.method not in ("subscribe", "unsubscribe"):
            return _refusal(command.method, "Method is missing or not supported")
        params = command.params
        known = tuple(symbol for symbol in params.symbol if symbol in symbols)
        if params.symbol and not known:
            return _refusal(command.method, f"Currency pair not in the recording {', '.join(params.symbol)}")
        return Wish(command.method == "subscribe", params.channel, known)

    def renumbered(self, frame: bytes, left_out: int) -> bytes:  # noqa: ARG002  (the port's)
        """Return the frame: Kraken numbers none."""
        return frame

    def rest(self, markets: Mapping[str, MarketView]) -> RestAnswers:
        """Return the venue's REST answers."""
        return Rest(list(markets.values()))


def _refusal(method: str, error: str) -> bytes:
    return msgspec.json.encode({"error": error, "method": method, "success": False})
