"""Which venue a recording is of: told by its header, its file name, its urls or its frames."""

import re
from pathlib import Path

from runtime.recordings.errors import UnknownRecording

VENUES = {
    "BINANCE": "binance",
    "BINANCE_US": "binance_us",
    "BINANCE_FUTURES": "binance_usdm",
    "BINANCE_DELIVERY": "binance_coinm",
    "COINBASE": "coinbase",
    "KRAKEN": "kraken",
    "KRAKEN_FUTURES": "kraken_futures",
}
"""Our venues by cryptofeed's names."""

_HOSTS = {
    "stream.binance.com": "binance",
    "api.binance.com": "binance",
    "www.binance.com": "binance",
    "stream.binance.us": "binance_us",
    "api.binance.us": "binance_us",
    "fstream.binance.com": "binance_usdm",
    "fapi.binance.com": "binance_usdm",
    "dstream.binance.com": "binance_coinm",
    "dapi.binance.com": "binance_coinm",
    "ws-feed.pro.coinbase.com": "coinbase",
    "ws-feed.exchange.coinbase.com": "coinbase",
    "api.pro.coinbase.com": "coinbase",
    "api.exchange.coinbase.com": "coinbase",
    "advanced-trade-ws.coinbase.com": "coinbase",
    "api.coinbase.com": "coinbase",
    "ws.kraken.com": "kraken",
    "api.kraken.com": "kraken",
    "futures.kraken.com": "kraken_futures",
}
_EXCHANGE = re.compile(rb'"(?:exchange|venue)"\s*:\s*"([A-Za-z0-9_. ]+)"')
_URL_HOST = re.compile(rb"(?:https?|wss?)://([A-Za-z0-9.-]+)")
_DEPTH = re.compile(rb'"e":\s*"depthUpdate"')


def venue_of(path: Path, head: bytes) -> str:
    """Return the venue of the file whose first bytes, uncompressed, are `head`.

    Raises:
        UnknownRecording: no decoder for this venue, or nothing tells it.
    """
    if head.startswith(b'{"t":"header"') and (match := _EXCHANGE.search(head[:2000])):
        return _known(match[1].decode(), path)
    if name := re.match(r"([A-Z][A-Z0-9_]*(?:\.COM)?)[.@]", path.name):
        return _known(name[1], path)
    if match := _URL_HOST.search(head[:4000]):
        host = match[1].decode()
        return _HOSTS[host] if host in _HOSTS else _known(host, path)
    if _DEPTH.search(head) or b'"stream"' in head:
        return _binance_market(head)
    if b'"updates"' in head[:1_000_000] and b'"init"' in head[:100]:
        return "kraken"
    raise UnknownRecording(f"{path}: nothing tells its venue; name it with --venue, one of {_names()}")


def _known(name: str, path: Path) -> str:
    venue = VENUES.get(name.upper(), name.lower())
    if venue not in VENUES.values():
        raise UnknownRecording(f"{path}: no decoder for {name}; there are decoders for {_names()}")
    return venue


def _binance_market(head: bytes) -> str:
    """Tell Binance's markets apart: futures' deltas have `pu`, COIN-M's names an underscore."""
    if re.search(rb'"stream":\s*"[a-z0-9]+usd_', head):
        return "binance_coinm"
    return "binance_usdm" if b'"pu":' in head or b'"X":"' in head else "binance"


def _names() -> str:
    return ", ".join(sorted(VENUES.values()))
