"""No bytes raise: real frames cut, mutated and mixed, fed to every session."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.codecs import encode_batch, to_json_line
from market.events import BookDelta, BookSnapshot, Quarantined, Trade
from streaming.exchanges import exchanges
from streaming.exchanges._interface import Decoded

TS = 1_723_161_255_000_000_000
MODULES = sorted(exchanges())

FRAMES = [
    b'{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,'
    b'"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}',
    b'{"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000",'
    b'"B":"3.78826000","a":"61837.64000000","A":"1.54698000"}}',
    b'{"stream":"btcusd_perp@depth@0ms","data":{"e":"depthUpdate","E":1723161257440,"T":1723161257432,'
    b'"s":"BTCUSD_PERP","ps":"BTCUSD","U":1007198631260,"u":1007198631565,"pu":1007198631198,'
    b'"b":[["61773.6","1001"],["61778.7","0"]],"a":[["61804.8","10"]]}}',
    b'{"stream":"btcusdt@depth20@100ms","data":{"lastUpdateId":160,"bids":[["0.0024","10"]],"asks":[["0.0026","100"]]}}',
    b'{"lastUpdateId":50093239218,"bids":[["61837.63","3.78"]],"asks":[["61837.64","1.5"]]}',
    b'{"channel":"l2_data","timestamp":"2026-08-09T21:05:48.505350477Z","sequence_num":14,"events":[{"type":"update",'
    b'"product_id":"BTC-USD","updates":[{"side":"bid","event_time":"2026-08-09T21:05:48.210883Z",'
    b'"price_level":"65062.5","new_quantity":"0.00583"}]}]}',
    b'{"type":"l2update","product_id":"SKL-BTC","changes":[["sell","0.00001306","660.5"]],"time":"2021-04-17T16:43:37.07Z"}',
    b'{"type":"snapshot","product_id":"SKL-BTC","asks":[["14.8024","12.77"]],"bids":[["14.75","9"]]}',
    b'{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[],"asks":[{"price":29431.1,"qty":0.0},'
    b'{"price":29433.3,"qty":0.8}],"checksum":3547452596,"timestamp":"2023-07-30T15:29:58.343415Z"}]}',
    b'{"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[{"price":29430.2,"qty":0.18967538}],'
    b'"asks":[{"price":29430.3,"qty":8.25215653}],"checksum":2785033588}]}',
    b'[336,{"as":[["27120.00000","4.28732553","1693415327.935623"]],"bs":[["27119.9","13.5","1693415328.0"]]},'
    b'"book-10","XBT/USD"]',
    b'[336,{"a":[["27127.30000","0.00000000","1693415333.759711"]],"c":"4038234313"},"book-10","XBT/USD"]',
    b'[993,[["354.11000000","0.89594024","1618678142.557535","s","l",""]],"trade","XMR/USD"]',
    b'{"feed":"book","product_id":"FI_XBTUSD_210430","side":"buy","seq":12237399,"price":59445.5,"qty":52569.0,'
    b'"timestamp":1618678101591}',
    b'{"feed":"trade","product_id":"FI_XBTUSD_210625","uid":"d7cae895","side":"sell","type":"fill","seq":74724,'
    b'"time":1618678114957,"qty":1831.0,"price":63927.0}',
]
TOKENS = [
    b'""',
    b"null",
    b"[]",
    b"{}",
    b"-1",
    b'"NaN"',
    b'"-0"',
    b"1e999999999",
    b"999999999999999999999999",
    b'"1e-999999999"',
    b"true",
    b'"\xff"',
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A real frame with bytes cut, overwritten, repeated, or replaced by awkward JSON."""
    frame = bytearray(draw(st.sampled_from(FRAMES)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(0, len(frame) - 1)))
        length = draw(st.integers(0, 12))
        kind = draw(st.sampled_from(["cut", "write", "token", "repeat", "end"]))
        if kind == "cut":
            del frame[at : at + length]
        elif kind == "write":
            frame[at : at + length] = draw(st.binary(max_size=12))
        elif kind == "token":
            frame[at : at + length] = draw(st.sampled_from(TOKENS))
        elif kind == "repeat":
            frame[at:at] = frame[at : at + length]
        else:
            del frame[at:]
    return bytes(frame)


def check(decoded: Decoded, frame: bytes) -> None:
    """A frame comes to something, and what is published can be written and trusted."""
    assert isinstance(decoded, Decoded)
    encode_batch([*decoded.events, *decoded.quarantined], sender="test/1", sequence=1)
    for event in (*decoded.events, *decoded.quarantined):
        assert len(to_json_line(event)) < 100_000
        if isinstance(event, Trade):
            assert Decimal(0) < event.price < Decimal(10) ** 21
        if isinstance(event, BookDelta | BookSnapshot):
            assert all(price > 0 and size >= 0 for price, size in (*event.bids, *event.asks))
        if isinstance(event, Quarantined):
            assert "." in event.reason


@pytest.mark.parametrize("module", MODULES)
@given(st.lists(mutated() | st.binary(max_size=60), max_size=6))
@settings(deadline=None, max_examples=120)
def test_mutated_frames_never_raise(module: str, frames: list[bytes]) -> None:
    session = exchanges()[module].session([])
    for frame in frames:
        decoded = session.on_frame(frame, TS)
        assert any(decoded), "dropped without a word"
        check(decoded, frame)
        check(session.on_rest("/api/v3/depth?symbol=BTCUSDT&limit=1000", frame, TS), frame)
    for symbol in list(session.checks()):
        session.on_snapshot_unavailable(symbol, TS)
        session.book(symbol)
    check(session.on_disconnect("test", TS), b"")


@pytest.mark.parametrize("module", MODULES)
def test_every_frame_of_its_own_dialect_is_decoded_or_has_a_reason(module: str) -> None:
    exchange = exchanges()[module]
    for frame in FRAMES:
        decoded = exchange.session([]).on_frame(frame, TS)
        waits = bool(decoded.actions) and decoded.symbol is not None
        assert decoded.events or decoded.ignored or decoded.quarantined or waits
