"""What every exchange promises. A new file in the folder is tested by being there."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.errors import BadMessage
from streaming.exchanges import exchanges

EXCHANGES = exchanges()
SYMBOLS = ["BTC/USDT", "ETH/USDT"]
GARBAGE = st.one_of(
    st.binary(max_size=60),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["event", "channel", "data", "e", "s", "type", "method"]), inner
            )
        ),
        max_leaves=8,
    ).map(lambda document: msgspec.json.encode(document) if _fits(document) else b"{}"),
)


def _fits(document: object) -> bool:
    try:
        msgspec.json.encode(document)
    except (msgspec.MsgspecError, OverflowError, UnicodeEncodeError):
        return False
    return True


@pytest.mark.parametrize("name", EXCHANGES)
def test_its_addresses_are_encrypted_and_have_no_trailing_slash(name: str) -> None:
    exchange = EXCHANGES[name]
    assert exchange.ws_url.startswith("wss://")
    assert exchange.rest_url.startswith("https://")
    assert not exchange.ws_url.endswith("/")
    assert not exchange.rest_url.endswith("/")


@pytest.mark.parametrize("name", EXCHANGES)
def test_its_fees_are_fractions_and_its_patience_is_finite(name: str) -> None:
    exchange = EXCHANGES[name]
    assert 0 <= exchange.maker_fee <= exchange.taker_fee < 1
    assert 0 < exchange.silence_s <= 120


@pytest.mark.parametrize("name", EXCHANGES)
def test_its_subscriptions_cover_every_symbol_with_json(name: str) -> None:
    subscriptions = EXCHANGES[name].subscriptions(SYMBOLS)
    assert sorted(symbol for found in subscriptions for symbol in found.symbols) == SYMBOLS
    for message in (message for found in subscriptions for message in found.messages):
        msgspec.json.decode(message)


@pytest.mark.parametrize("name", EXCHANGES)
@settings(max_examples=40)
@given(frames=st.lists(GARBAGE, min_size=1, max_size=4))
def test_its_session_survives_any_frames_and_names_each(name: str, frames: list[bytes]) -> None:
    session = EXCHANGES[name].session(SYMBOLS)
    for frame in frames:
        decoded = session.on_frame(frame, ts_init=1_760_000_000_000_000_000)
        assert decoded.events or decoded.ignored or decoded.quarantined or decoded.actions


@pytest.mark.parametrize("name", EXCHANGES)
def test_its_history_is_asked_by_path_and_an_error_answer_is_named(name: str) -> None:
    exchange = EXCHANGES[name]
    assert exchange.bars_request("BTC/USDT", "1m", 1_760_000_000_000_000_000, 100).startswith("/")
    assert exchange.instruments_request().startswith("/")
    for body in (b"", b"<html>", b'{"error":["EGeneral:Too many requests"]}'):
        with pytest.raises(BadMessage):
            exchange.decode_bars("BTC/USDT", "1m", body, ts_init=1_760_000_000_000_000_000)
