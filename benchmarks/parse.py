"""Messages a second and core of our decoders, beside the limit that parsing alone sets.

`python -m benchmarks.parse` prints a table: the session (typed decode, checks, our events, the book
kept) against `msgspec.json.decode` into the venue's own shapes (Decimal) and into plain Python.
CPU time, best of five, so that other load on the machine hardly matters.
"""

import time
from collections.abc import Callable
from typing import Any

import msgspec

from streaming.exchanges import _binance_messages as binance
from streaming.exchanges import exchange

TS = 1_723_161_255_000_000_000
ROUNDS = 5

TRADE = (
    b'{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,'
    b'"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}'
)
QUOTE = (
    b'{"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000",'
    b'"B":"3.78826000","a":"61837.64000000","A":"1.54698000"}}'
)
MATCH = (
    b'{"channel":"market_trades","timestamp":"2026-08-09T21:05:48.251397169Z","sequence_num":%d,"events":[{"type":'
    b'"update","trades":[{"product_id":"BTC-USD","trade_id":"1068572091","price":"65083.67","size":"0.01034361",'
    b'"time":"2026-08-09T21:05:48.167634Z","side":"SELL"}]}]}'
)
KRAKEN_TRADE = (
    b'{"symbol":"BTC/USD","side":"sell","price":61837.6,"qty":0.02,"ord_type":"market","trade_id":4665906,'
    b'"timestamp":"2023-09-25T07:49:37.708706Z"}'
)
KRAKEN_TRADES = b'{"channel":"trade","type":"update","data":[' + b",".join([KRAKEN_TRADE] * 3) + b"]}"


def depth(number: int) -> bytes:
    """Return delta `number` (from 1): 12 levels a side."""
    bids = b",".join(b'["618%02d.63000000","1.%d0000000"]' % (level, number % 10) for level in range(12))
    asks = b",".join(b'["619%02d.64000000","1.%d0000000"]' % (level, number % 10) for level in range(12))
    head = b'{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255308,"s":"BTCUSDT",'
    return head + b'"U":%d,"u":%d,"b":[%s],"a":[%s]}}' % (number, number, bids, asks)


def rate(work: Callable[[list[bytes]], None], frames: list[bytes]) -> float:
    """Return frames a CPU second, the best of some rounds."""
    best = 0.0
    for _ in range(ROUNDS):
        started = time.process_time()
        work(frames)
        best = max(best, len(frames) / (time.process_time() - started))
    return best


def through(session_of: Callable[[], Any]) -> Callable[[list[bytes]], None]:
    """Return work that decodes all frames with a new session."""

    def work(frames: list[bytes]) -> None:
        on_frame = session_of().on_frame
        for frame in frames:
            on_frame(frame, TS)

    return work


def parse(decode: Callable[[bytes], Any]) -> Callable[[list[bytes]], None]:
    """Return work that only parses."""

    def work(frames: list[bytes]) -> None:
        for frame in frames:
            decode(frame)

    return work


def spot_book() -> Any:
    """Return a Binance session whose book is live from sequence 0 on."""
    session = exchange("binance").session(["BTC/USDT"])
    session.on_frame(depth(1), TS)
    body = b'{"lastUpdateId":1,"bids":[["1","1"]],"asks":[["99999","1"]]}'
    session.on_rest("/api/v3/depth?symbol=BTCUSDT", body, TS)
    return session


class _Depth(msgspec.Struct, gc=False):
    data: binance.Depth


class _Trade(msgspec.Struct, gc=False):
    data: binance.TradeMessage


class _Quote(msgspec.Struct, gc=False):
    data: binance.BookTicker


def main() -> None:
    """Measure and print."""
    plain = msgspec.json.Decoder().decode
    trade, quote, book = (msgspec.json.Decoder(shape).decode for shape in (_Trade, _Quote, _Depth))
    matches = [MATCH % number for number in range(20_000)]
    deltas = [depth(number) for number in range(2, 5_000)]
    cases: list[tuple[str, Callable[[], Any], list[bytes], Callable[[bytes], Any]]] = [
        ("binance trade", lambda: exchange("binance").session(["BTC/USDT"]), [TRADE] * 20_000, trade),
        ("binance quote", lambda: exchange("binance").session(["BTC/USDT"]), [QUOTE] * 20_000, quote),
        ("binance depth, 24 levels", spot_book, deltas, book),
        ("coinbase trade", lambda: exchange("coinbase").session(["BTC/USD"]), matches, plain),
        (
            "kraken v2 trade x 3",
            lambda: exchange("kraken").session(["BTC/USD"]),
            [KRAKEN_TRADES] * 10_000,
            plain,
        ),
    ]
    print(f"{'messages a second and core':28} {'session':>10} {'typed':>10} {'plain':>10}")
    for name, session_of, frames, typed in cases:
        figures = [rate(through(session_of), frames), rate(parse(typed), frames), rate(parse(plain), frames)]
        print(f"{name:28} " + " ".join(f"{figure:10,.0f}" for figure in figures))


if __name__ == "__main__":
    main()
