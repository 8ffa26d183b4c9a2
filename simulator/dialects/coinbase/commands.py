"""The commands of Coinbase's websocket."""

import msgspec

CHANNELS = ("market_trades", "ticker", "ticker_batch", "level2", "heartbeats", "candles", "status")


class Command(msgspec.Struct):
    """A client's message; no products mean all of them."""

    type: str
    channel: str = ""
    product_ids: list[str] = []


decode_command = msgspec.json.Decoder(Command).decode
