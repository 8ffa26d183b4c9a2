"""The commands of Kraken's websocket v2, and what the venue says to them."""

from collections.abc import Container

import msgspec

from simulator.dialects.kraken.rest import INTERVALS

DEPTHS = (10, 25, 100, 500, 1000)
_CHANNELS = ("book", "trade", "ticker", "ohlc", "instrument")


class Params(msgspec.Struct):
    """What a subscription asks for; fields of other channels keep their defaults."""

    channel: str = ""
    symbol: list[str] = []
    depth: int = 10
    interval: int = 1
    snapshot: bool = True
    event_trigger: str = "trades"


class Command(msgspec.Struct):
    """A client's message."""

    method: str
    params: Params = msgspec.field(default_factory=Params)
    req_id: int | None = None


decode_command = msgspec.json.Decoder(Command).decode


def problem(params: Params, symbol: str, symbols: Container[str]) -> str | None:
    """Return why a subscription is refused, in the venue's words, or nothing."""
    if params.channel not in _CHANNELS:
        return f"Channel {params.channel or 'is missing'} not supported"
    if params.channel != "instrument" and symbol not in symbols:
        return f"Currency pair not supported {symbol}"
    if params.channel == "book" and params.depth not in DEPTHS:
        return f"Subscription depth not supported {params.depth}"
    if params.channel == "ohlc" and params.interval not in INTERVALS:
        return f"Subscription ohlc interval not supported {params.interval}"
    return None


def detail(params: Params) -> str:
    """Return what tells subscriptions of one channel and symbol apart."""
    if params.channel == "book":
        return str(params.depth)
    if params.channel == "ohlc":
        return str(params.interval)
    return params.event_trigger if params.channel == "ticker" else ""


def echo_of(params: Params) -> dict[str, object]:
    """Return what an acknowledgement repeats of the request."""
    echo: dict[str, object] = {"snapshot": params.snapshot}
    if params.channel == "book":
        echo["depth"] = params.depth
    elif params.channel == "ohlc":
        echo["interval"] = params.interval
    elif params.channel == "ticker":
        echo["event_trigger"] = params.event_trigger
    return echo
