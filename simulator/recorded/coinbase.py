"""Recorded frames of Coinbase Advanced Trade.

Bars are not served: moved by anything but whole minutes they would open within a minute.
"""

import re
from collections.abc import Mapping, Sequence

import msgspec

from simulator.dialects._interface import MarketView
from simulator.dialects.coinbase.commands import CHANNELS, decode_command
from simulator.dialects.coinbase.documents import native
from simulator.dialects.coinbase.rest import Rest
from simulator.recorded.streams import Heard, Levels, RestAnswers, Traded, Wish
from simulator.recorded.times import ns_of

_SERVED = {
    "subscriptions": ("", ""),
    "heartbeats": ("heartbeats", "heartbeats"),
    "market_trades": ("market_trades", "trades"),
    "ticker": ("ticker", "quotes"),
    "ticker_batch": ("ticker_batch", "ticker_batch"),
    "l2_data": ("level2", "depth"),
}
"""Channel of a frame: what one subscribes to for it, and the name under which it is counted."""

_SEQUENCE = re.compile(rb'("sequence_num":\s*)(\d+)')
_PRODUCT = re.compile(r"[A-Z0-9]+-[A-Z0-9]+")


class _Product(msgspec.Struct, gc=False):
    product_id: str = ""


class _Concerned(msgspec.Struct, gc=False):
    product_id: str = ""
    trades: list[_Product] = []
    tickers: list[_Product] = []


class _Envelope(msgspec.Struct, gc=False):
    channel: str = ""
    sequence_num: int | None = None
    events: list[_Concerned] = []


class _Level(msgspec.Struct, gc=False):
    side: str
    price_level: str
    new_quantity: str


class _Book(msgspec.Struct, gc=False):
    type: str
    product_id: str
    updates: list[_Level]


class _Books(msgspec.Struct):
    events: list[_Book]


class _Trade(msgspec.Struct, gc=False):
    product_id: str
    trade_id: str
    price: str
    size: str
    time: str
    side: str


class _TradesEvent(msgspec.Struct, gc=False):
    type: str
    trades: list[_Trade]


class _Trades(msgspec.Struct):
    events: list[_TradesEvent]


_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_decode_books = msgspec.json.Decoder(_Books).decode
_decode_trades = msgspec.json.Decoder(_Trades).decode


class CoinbaseFormat:
    """Frames `{"channel":…,"timestamp":…,"sequence_num":…,"events":[…]}`, numbered by connection."""

    venue = "coinbase"
    depth_max: int | None = None

    def accepts(self, path: str) -> bool:
        """Whether there is a websocket at the path."""
        return path in ("", "/")

    def heard(self, frame: bytes) -> Heard:
        """Find out whom a frame concerns."""
        try:
            envelope = _decode_envelope(frame)
        except msgspec.MsgspecError:
            return Heard(None)
        is_numbered = envelope.sequence_num is not None
        channel, kind = _SERVED.get(envelope.channel, (None, ""))
        if channel is None or not is_numbered:
            return Heard(None, is_numbered=is_numbered)
        ids = {event.product_id for event in envelope.events}
        ids |= {item.product_id for event in envelope.events for item in (*event.trades, *event.tickers)}
        names = {name for name in ids if _PRODUCT.fullmatch(name)}
        if kind in ("trades", "quotes", "depth", "ticker_batch") and not names:
            return Heard(None, is_numbered=True)
        return Heard(channel, tuple(sorted(_symbol(name) for name in names)), kind, is_numbered=True)

    def books(self, frame: bytes) -> list[Levels]:
        """Read the levels of a book frame."""
        return [
            Levels(
                _symbol(event.product_id),
                event.type == "snapshot",
                [(level.side == "bid", level.price_level, level.new_quantity) for level in event.updates],
            )
            for event in _decode_books(frame).events
        ]

    def trades(self, frame: bytes) -> list[Traded]:
        """Read trades, oldest first; `side` is the maker's."""
        return [
            Traded(
                _symbol(trade.product_id),
                int(trade.trade_id),
                trade.price,
                trade.size,
                ns_of(trade.time),
                trade.side == "SELL",
            )
            for event in _decode_trades(frame).events
            if event.type == "update"
            for trade in reversed(event.trades)
        ]

    def command(self, text: bytes, symbols: Sequence[str]) -> Wish | bytes:
        """Read subscribe and unsubscribe; products that were not recorded are left out."""
        try:
            command = decode_command(text)
        except msgspec.MsgspecError:
            return _error("invalid message: not a subscribe or unsubscribe")
        if command.type not in ("subscribe", "unsubscribe"):
            return _error(f"{command.type} is not a valid type")
        if command.channel not in CHANNELS:
            return _error(f"{command.channel or 'empty channel'} is not a valid channel")
        if command.channel == "heartbeats":
            return Wish(command.type == "subscribe", "heartbeats", ())
        known = tuple(symbol for symbol in map(_symbol, command.product_ids) if symbol in symbols)
        if command.product_ids and not known:
            return _error(f"{', '.join(command.product_ids)} is not in the recording")
        return Wish(command.type == "subscribe", command.channel, known)

    def renumbered(self, frame: bytes, left_out: int) -> bytes:
        """Lower the frame's number."""
        return _SEQUENCE.sub(lambda match: b"%b%d" % (match[1], int(match[2]) - left_out), frame, count=1)

    def rest(self, markets: Mapping[str, MarketView]) -> RestAnswers:
        """Return the venue's REST answers."""
        return Rest({native(market.listing): market for market in markets.values()})


def _symbol(product_id: str) -> str:
    return product_id.replace("-", "/")


def _error(message: str) -> bytes:
    return msgspec.json.encode({"type": "error", "message": message})
