"""Golden frames of Binance, as its documentation and our recordings show them."""

from decimal import Decimal

import pytest

from market.events import (
    RAW_BYTES_MAX,
    BookDelta,
    BookSnapshot,
    FeedState,
    FeedStatus,
    Quote,
    Side,
    Trade,
)
from streaming.exchanges import exchange
from streaming.exchanges._binance_symbols import inverse_symbol, linear_symbol, spot_symbol
from streaming.exchanges._interface import Decoded, FetchSnapshot, Session

TS = 1_723_161_255_000_000_000
DEPTH_PATH = "/api/v3/depth?symbol=BTCUSDT&limit=1000"


def spot() -> Session:
    return exchange("binance").session(["BTC/USDT"])


def delta(first: int, last: int, bid: str = "100.0", size: str = "1.0") -> bytes:
    return (
        b'{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255308,"s":"BTCUSDT",'
        b'"U":%d,"u":%d,"b":[["%s","%s"]],"a":[]}}' % (first, last, bid.encode(), size.encode())
    )


def snapshot(last: int) -> bytes:
    return b'{"lastUpdateId":%d,"bids":[["100.0","2"],["99.0","1"]],"asks":[["101.0","3"]]}' % last


def reasons(decoded: Decoded) -> list[str]:
    return [refused.reason for refused in decoded.quarantined]


def test_a_trade_keeps_its_digits_and_names_the_aggressor() -> None:
    frame = (
        b'{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,'
        b'"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}'
    )
    assert spot().on_frame(frame, TS).events == [
        Trade(
            venue="binance",
            symbol="BTC/USDT",
            ts_event=1_723_161_255_342_000_000,
            ts_init=TS,
            price=Decimal("61837.63000000"),
            size=Decimal("0.02000000"),
            side=Side.SELL,
            trade_id="3735683259",
        )
    ]


def test_a_spot_quote_has_no_time_of_its_own() -> None:
    frame = (
        b'{"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000",'
        b'"B":"3.78826000","a":"61837.64000000","A":"1.54698000"}}'
    )
    (quote,) = spot().on_frame(frame, TS).events
    assert isinstance(quote, Quote)
    assert (quote.ts_event, quote.sequence) == (TS, 50093239212)
    assert (quote.bid_price, quote.ask_size) == (Decimal("61837.63"), Decimal("1.54698"))


def test_raw_streams_without_an_envelope_decode_too() -> None:
    quote = b'{"u":400900217,"s":"BTCUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66"}'
    trade = b'{"e":"trade","s":"BTCUSDT","t":12345,"p":"0.001","q":"100","T":1672515782136,"m":true}'
    session = spot()
    assert isinstance(session.on_frame(quote, TS).events[0], Quote)
    assert isinstance(session.on_frame(trade, TS).events[0], Trade)


def test_deltas_wait_for_the_snapshot_and_continue_it() -> None:
    session = spot()
    first = session.on_frame(delta(8, 10), TS)
    assert first.events == ()
    assert first.actions == [FetchSnapshot("BTC/USDT", DEPTH_PATH)]
    assert session.on_frame(delta(11, 15, "100.5"), TS + 1).actions == []
    answer = session.on_rest(DEPTH_PATH, snapshot(12), TS + 2)
    kinds = [type(event) for event in answer.events]
    assert kinds == [BookSnapshot, BookDelta, FeedStatus]
    assert answer.stale == 1
    assert isinstance(answer.events[1], BookDelta)
    assert answer.events[1].ts_init == TS + 1
    book = session.book("BTC/USDT")
    assert book is not None
    assert book.best_bid == (Decimal("100.5"), Decimal("1.0"))
    assert session.on_frame(delta(16, 16), TS + 3).events


def test_a_snapshot_older_than_the_first_delta_is_fetched_again() -> None:
    session = spot()
    session.on_frame(delta(20, 22), TS)
    answer = session.on_rest(DEPTH_PATH, snapshot(12), TS)
    assert answer.ignored == "depth_snapshot.stale"
    assert answer.actions == [FetchSnapshot("BTC/USDT", DEPTH_PATH)]
    assert session.on_rest(DEPTH_PATH, snapshot(21), TS).events
    assert session.checks()["BTC/USDT"].gaps == 0


def test_a_hole_resyncs_the_book_and_says_so() -> None:
    session = spot()
    session.on_frame(delta(8, 10), TS)
    session.on_rest(DEPTH_PATH, snapshot(9), TS)
    hole = session.on_frame(delta(12, 13), TS)
    (status,) = hole.events
    assert isinstance(status, FeedStatus)
    assert (status.state, status.reason) == (FeedState.RESYNC, "book.sequence_gap")
    assert hole.actions == [FetchSnapshot("BTC/USDT", DEPTH_PATH)]
    assert session.book("BTC/USDT") is None
    assert session.checks()["BTC/USDT"].gaps == 1
    after = session.on_rest(DEPTH_PATH, snapshot(13), TS)
    status = after.events[-1]
    assert isinstance(status, FeedStatus)
    assert (status.state, status.reason) == (FeedState.LIVE, "book.resynced")


def test_a_repeated_delta_is_named_and_changes_nothing() -> None:
    session = spot()
    session.on_frame(delta(8, 10), TS)
    session.on_rest(DEPTH_PATH, snapshot(9), TS)
    assert session.on_frame(delta(8, 10), TS).ignored == "depth.stale"
    assert session.checks()["BTC/USDT"].gaps == 0


def test_without_a_snapshot_deltas_are_checked_by_their_sequence_alone() -> None:
    session = exchange("binance").session([])
    session.on_frame(delta(8, 10), TS)
    assert len(session.on_snapshot_unavailable("BTC/USDT", TS).events) == 1
    assert len(session.on_frame(delta(11, 12), TS).events) == 1
    assert session.checks()["BTC/USDT"].gaps == 0
    session.on_frame(delta(14, 15), TS)
    assert session.checks()["BTC/USDT"].gaps == 1


def test_futures_continue_by_pu_whatever_the_numbers_between() -> None:
    session = exchange("binance_usdm").session(["BTC/USDT:USDT"])

    def frame(first: int, last: int, previous: int) -> bytes:
        return (
            b'{"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1723161256299,"T":1723161256298,'
            b'"s":"BTCUSDT","U":%d,"u":%d,"pu":%d,"b":[],"a":[["101.5","1"]]}}' % (first, last, previous)
        )

    session.on_frame(frame(90, 110, 80), TS)
    answer = session.on_rest("/fapi/v1/depth?symbol=BTCUSDT&limit=1000", snapshot(100), TS)
    assert [type(event) for event in answer.events] == [BookSnapshot, BookDelta, FeedStatus]
    (event,) = session.on_frame(frame(130, 140, 110), TS).events
    assert isinstance(event, BookDelta)
    assert (event.first_sequence, event.sequence) == (111, 140)
    assert session.checks()["BTC/USDT:USDT"].gaps == 0


def test_trades_off_the_book_of_futures_are_named() -> None:
    frame = (
        b'{"stream":"btcusdt@trade","data":{"e":"trade","E":1,"T":1723161256322,"s":"BTCUSDT","t":5266583935,'
        b'"p":"0","q":"0","X":"NA","m":false}}'
    )
    assert exchange("binance_usdm").session([]).on_frame(frame, TS).ignored == "trade.not_on_book"


def test_aggregate_trades_count_only_where_single_ones_do_not_come() -> None:
    aggregate = (
        b'{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1618677373913,"s":"BTCUSDT","a":749094,'
        b'"p":"2.27600000","q":"21.96300000","f":1135632,"l":1135632,"T":1618677373912,"m":false,"M":true}}'
    )
    single = (
        b'{"stream":"btcusdt@trade","data":{"e":"trade","E":1,"s":"BTCUSDT","t":1,"p":"2","q":"1",'
        b'"T":1618677373912,"m":true,"M":true}}'
    )
    session = spot()
    (trade,) = session.on_frame(aggregate, TS).events
    assert isinstance(trade, Trade)
    assert (trade.trade_id, trade.side) == ("749094", Side.BUY)
    session.on_frame(single, TS)
    assert session.on_frame(aggregate, TS).ignored == "aggregate_trade"


@pytest.mark.parametrize(
    ("frame", "name"),
    [
        (b'{"result":null,"id":1}', "subscription"),
        (b'{"stream":"btcusdt@kline_1m","data":{"e":"kline","E":1,"s":"BTCUSDT","k":{}}}', "candles"),
        (b'{"stream":"!ticker@arr","data":[{"e":"24hrTicker","s":"BTCUSDT"}]}', "ticker_24h"),
        (b'[{"e":"24hrMiniTicker","s":"BTCUSDT"}]', "ticker_24h"),
        (b'{"e":"markPriceUpdate","E":1562305380000,"s":"BTCUSDT","p":"11794.15"}', "mark_price"),
        (b'{"stream":"btcusdt@forceOrder","data":{"e":"forceOrder","E":1,"o":{}}}', "liquidation"),
    ],
)
def test_frames_that_are_no_market_data_have_a_name(frame: bytes, name: str) -> None:
    decoded = spot().on_frame(frame, TS)
    assert (decoded.ignored, list(decoded.quarantined)) == (name, [])


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (delta(1, 2)[:60], "frame.truncated"),
        (b"<html>502 Bad Gateway</html>", "frame.not_json"),
        (b"", "frame.truncated"),
        (b"\xff\xfe", "frame.not_json"),
        (b"[" * 100_000, "frame.not_json"),
        (b'{"stream":"btcusdt@trade","data":{"e":"trade","s":"BTCUSDT"}}', "frame.shape"),
        (b'{"stream":"btcusdt@surprise","data":{"e":"surprise","s":"BTCUSDT"}}', "frame.unknown_kind"),
        (b'{"error":{"code":2,"msg":"Invalid request"},"id":1}', "frame.venue_error"),
        (delta(1, 2).replace(b"BTCUSDT", b"NOSUCH"), "frame.unknown_symbol"),
        (delta(1, 2**70), "frame.shape"),
        (delta(1, 2, bid="-1"), "value.negative_price"),
        (delta(1, 2, bid="0"), "value.negative_price"),
        (delta(1, 2, size="-1"), "value.negative_size"),
        (delta(1, 2, bid="NaN"), "value.not_a_number"),
        (delta(1, 2, bid="abc"), "value.not_a_number"),
        (delta(1, 2, bid="Infinity"), "value.negative_price"),
        (delta(1, 2, bid="1e-999999"), "value.negative_price"),
        (delta(1, 2).replace(b"1723161255308", b"17231612"), "value.time_out_of_range"),
    ],
)
def test_a_bad_frame_is_quarantined_with_its_reason(frame: bytes, reason: str) -> None:
    decoded = spot().on_frame(frame, TS)
    assert (reasons(decoded), decoded.events) == ([reason], ())
    assert decoded.quarantined[0].raw == frame[:RAW_BYTES_MAX]


def test_a_bad_delta_of_a_live_book_resyncs_it() -> None:
    session = spot()
    session.on_frame(delta(8, 10), TS)
    session.on_rest(DEPTH_PATH, snapshot(9), TS)
    decoded = session.on_frame(delta(11, 12, bid="-5"), TS)
    assert reasons(decoded) == ["value.negative_price"]
    assert [event.reason for event in decoded.events if isinstance(event, FeedStatus)] == ["frame.lost"]
    assert decoded.actions == [FetchSnapshot("BTC/USDT", DEPTH_PATH)]


def test_a_delta_that_crosses_the_book_is_refused() -> None:
    session = spot()
    session.on_frame(delta(8, 10), TS)
    session.on_rest(DEPTH_PATH, snapshot(9), TS)
    decoded = session.on_frame(delta(11, 11, bid="101.0"), TS)
    assert reasons(decoded) == ["book.crossed"]
    assert session.book("BTC/USDT") is None


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("NKNUSDT", "NKN/USDT"),
        ("BUSDTRY", "BUSD/TRY"),
        ("ETHBUSD", "ETH/BUSD"),
        ("BNBUSD", "BNB/USD"),
        ("USDTUSD", "USDT/USD"),
        ("RUNEEUR", "RUNE/EUR"),
        ("USDT", None),
        ("HELLO", None),
        ("btcusdt", None),
    ],
)
def test_spot_names_split_at_a_known_quote_currency(name: str, symbol: str | None) -> None:
    assert spot_symbol(name) == symbol


def test_names_of_contracts_tell_margin_and_expiry() -> None:
    assert linear_symbol("BTCUSDT_250926") == "BTC/USDT:USDT-250926"
    assert inverse_symbol("BTCUSD_PERP") == "BTC/USD:BTC"
    assert inverse_symbol("BTCUSD_210625") == "BTC/USD:BTC-210625"
    assert inverse_symbol("BTCUSD") is None
    for venue, symbol, native in (
        ("binance_usdm", "BTC/USDT:USDT-250926", "BTCUSDT_250926"),
        ("binance_coinm", "BTC/USD:BTC", "BTCUSD_PERP"),
        ("binance_coinm", "BTC/USD:BTC-210625", "BTCUSD_210625"),
    ):
        assert native in exchange(venue).bars_request(symbol, "1m", 0, 1)


def test_a_subscription_names_every_stream() -> None:
    (subscription,) = exchange("binance").subscriptions(["BTC/USDT", "ETH/USDT"])
    assert subscription.url_path == (
        "/stream?streams=btcusdt@trade/btcusdt@bookTicker/btcusdt@depth@100ms/"
        "ethusdt@trade/ethusdt@bookTicker/ethusdt@depth@100ms"
    )
    assert len(exchange("binance").subscriptions([f"A{n}/USDT" for n in range(250)])) == 3
