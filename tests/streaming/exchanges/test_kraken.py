"""Golden frames of Kraken: versions 2 and 1 of spot, and futures."""

from decimal import Decimal

import msgspec
import pytest

from market.events import BookDelta, BookSnapshot, FeedState, FeedStatus, Quote, Side, Trade
from streaming.exchanges import exchange
from streaming.exchanges._interface import Reconnect, Resubscribe, Session
from streaming.exchanges._kraken_futures_session import native, symbol_of
from streaming.exchanges._kraken_rest import symbol_of as spot_symbol_of

TS = 1_690_730_998_500_000_000

# Recorded by python-kraken-sdk; a JSON library cut the zeros at the ends of the sizes.
SNAPSHOT = b"""{"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[
{"price":29430.2,"qty":0.18967538},{"price":29429.6,"qty":0.00011621},{"price":29427.4,"qty":0.001},
{"price":29426.7,"qty":4.0},{"price":29425.7,"qty":0.67945399},{"price":29423.5,"qty":0.67950478},
{"price":29422.1,"qty":0.16314267},{"price":29421.8,"qty":0.06797895},{"price":29421.7,"qty":0.23401846},
{"price":29421.5,"qty":0.28639276}],"asks":[{"price":29430.3,"qty":8.25215653},{"price":29430.4,"qty":2.55637606},
{"price":29430.5,"qty":0.2997598},{"price":29430.9,"qty":2.56473216},{"price":29431.0,"qty":0.00011662},
{"price":29431.1,"qty":0.001},{"price":29432.3,"qty":0.0241},{"price":29432.4,"qty":0.02210682},
{"price":29432.5,"qty":3.39761477},{"price":29433.1,"qty":0.01021497}],"checksum":2785033588}]}"""
UPDATE = b"""{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[],"asks":[{"price":29431.1,
"qty":0.0},{"price":29433.3,"qty":0.8},{"price":29430.6,"qty":0.001}],"checksum":3547452596,
"timestamp":"2023-07-30T15:29:58.343415Z"}]}"""


def v2() -> Session:
    return exchange("kraken").session(["BTC/USD"])


def v1() -> Session:
    return exchange("kraken_v1").session(["BTC/USD", "XMR/USD", "WAVES/EUR"])


def futures() -> Session:
    return exchange("kraken_futures").session([])


def test_a_book_proves_itself_by_its_checksum() -> None:
    session = v2()
    (snapshot, status) = session.on_frame(SNAPSHOT, TS).events
    (delta,) = session.on_frame(UPDATE, TS).events
    assert isinstance(snapshot, BookSnapshot)
    assert isinstance(status, FeedStatus)
    assert isinstance(delta, BookDelta)
    assert status.state is FeedState.LIVE
    assert delta.first_sequence == snapshot.sequence + 1
    assert session.checks()["BTC/USD"].checksum_ok == 2


def test_a_level_that_falls_out_of_the_depth_is_deleted_for_readers() -> None:
    session = v2()
    session.on_frame(SNAPSHOT, TS)
    (delta,) = session.on_frame(UPDATE, TS).events
    assert isinstance(delta, BookDelta)
    assert (Decimal("29433.3"), Decimal(0)) in delta.asks


def test_a_wrong_checksum_subscribes_anew_and_publishes_nothing() -> None:
    session = v2()
    session.on_frame(SNAPSHOT, TS)
    decoded = session.on_frame(UPDATE.replace(b'29430.6,"qty":0.001', b'29430.6,"qty":0.002'), TS)
    assert [type(event) for event in decoded.events] == [FeedStatus]
    assert session.on_frame(UPDATE, TS).ignored == "book.awaiting_snapshot"
    assert session.checks()["BTC/USD"].checksum_failed == 1
    again = session.on_frame(SNAPSHOT, TS).events
    assert isinstance(again[-1], FeedStatus)
    assert again[-1].reason == "book.resynced"


def test_a_book_that_does_not_come_back_makes_the_connection_anew() -> None:
    """The venue may have refused the new subscription: nothing would ever bring the book back."""
    session = v2()
    session.on_frame(SNAPSHOT, TS)
    session.on_frame(UPDATE.replace(b'29430.6,"qty":0.001', b'29430.6,"qty":0.002'), TS)
    heartbeat = b'{"channel":"heartbeat"}'
    assert session.on_frame(heartbeat, TS + 59 * 10**9).actions == ()
    assert session.on_frame(heartbeat, TS + 62 * 10**9).actions == [Reconnect("book.not_resynced")]


def test_a_lost_update_is_noticed_and_mended() -> None:
    session = v2()
    session.on_frame(SNAPSHOT, TS)
    later = UPDATE.replace(b"3547452596", b"1")
    decoded = session.on_frame(later, TS)
    (action,) = decoded.actions
    assert isinstance(action, Resubscribe)
    assert [msgspec.json.decode(message)["method"] for message in action.messages] == [
        "unsubscribe",
        "subscribe",
    ]
    assert [item.reason for item in decoded.quarantined] == ["book.bad_checksum"]


@pytest.mark.parametrize(
    ("old", "new"), [(b'"qty":0.8', b'"qty":"much"'), (b"2023-07-30T15:29:58.343415Z", b"yesterday")]
)
def test_an_unreadable_update_gives_the_book_up_at_once(old: bytes, new: bytes) -> None:
    """The checksum sees ten levels only: a lost change further down would stay in the book."""
    session = v2()
    session.on_frame(SNAPSHOT, TS)
    decoded = session.on_frame(UPDATE.replace(old, new), TS)
    assert len(decoded.quarantined) == 1
    assert session.book("BTC/USD") is None
    assert [type(action) for action in decoded.actions] == [Resubscribe]


def test_decimals_come_from_the_instrument_channel_where_it_speaks_first() -> None:
    session = v2()
    instruments = (
        b'{"channel":"instrument","type":"snapshot","data":{"assets":[],"pairs":[{"symbol":"BTC/USD","base":"BTC",'
        b'"quote":"USD","price_precision":1,"qty_precision":8,"qty_min":0.0001,"status":"online"}]}}'
    )
    assert session.on_frame(instruments, TS).ignored == "instruments"
    session.on_frame(SNAPSHOT, TS)
    assert session.checks()["BTC/USD"].checksum_ok == 1


def test_trades_and_quotes_of_version_2() -> None:
    trade_frame = (
        b'{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"sell","price":0.5117,"qty":40.0,'
        b'"ord_type":"market","trade_id":4665906,"timestamp":"2023-09-25T07:49:37.708706Z"}]}'
    )
    quote_frame = (
        b'{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":0.10025,"bid_qty":740.0,'
        b'"ask":0.10036,"ask_qty":1361.44813783,"last":0.10035,"volume":997038.98383185,"vwap":0.10148,'
        b'"low":0.09979,"high":0.10285,"change":-0.00017,"change_pct":-0.17}]}'
    )
    session = v2()
    (trade,) = session.on_frame(trade_frame, TS).events
    (quote,) = session.on_frame(quote_frame, TS).events
    assert isinstance(trade, Trade)
    assert (trade.side, trade.price, trade.trade_id) == (Side.SELL, Decimal("0.5117"), "4665906")
    assert trade.ts_event == 1_695_628_177_708_706_000
    assert isinstance(quote, Quote)
    assert quote.ask_size == Decimal("1361.44813783")
    assert session.on_frame(trade_frame.replace(b"update", b"snapshot"), TS).ignored == "trade_history"


@pytest.mark.parametrize(
    ("frame", "name"),
    [
        (b'{"channel":"heartbeat"}', "heartbeat"),
        (b'{"channel":"status","type":"update","data":[{"system":"online"}]}', "system_status"),
        (b'{"channel":"ohlc","type":"update","data":[]}', "candles"),
        (b'{"method":"pong","req_id":101}', "pong"),
        (b'{"channel":"ticker","type":"update","data":[]}', "empty"),
        (b'{"channel":"book","type":"update","data":[]}', "empty"),
        (
            b'{"method":"subscribe","result":{"channel":"book","depth":10,"symbol":"BTC/USD"},"success":true}',
            "subscription",
        ),
    ],
)
def test_frames_that_are_no_market_data_have_a_name(frame: bytes, name: str) -> None:
    assert v2().on_frame(frame, TS).ignored == name


def test_a_refused_subscription_is_quarantined() -> None:
    frame = b'{"error":"Currency pair not supported","method":"subscribe","success":false,"symbol":"A/B"}'
    assert [item.reason for item in v2().on_frame(frame, TS).quarantined] == ["frame.venue_error"]


def test_version_1_trades_quotes_and_names() -> None:
    session = v1()
    (trade,) = session.on_frame(
        b'[993,[["354.11000000","0.89594024","1618678142.557535","s","l",""]],"trade","XMR/USD"]', TS
    ).events
    assert isinstance(trade, Trade)
    assert (trade.symbol, trade.side, trade.ts_event) == ("XMR/USD", Side.SELL, 1_618_678_142_557_535_000)
    (quote,) = session.on_frame(
        b'[1668,{"a":["13.253900",35,"35.72892241"],"b":["13.232900",185,"185.18432037"],'
        b'"c":["13.253900","3.71672000"]},"ticker","WAVES/EUR"]',
        TS,
    ).events
    assert isinstance(quote, Quote)
    assert (quote.bid_size, quote.ask_size) == (Decimal("185.18432037"), Decimal("35.72892241"))
    (spread,) = session.on_frame(
        b'[0,["5698.40000","5700.00000","1542057299.545897","1.01234567","0.98765432"],"spread","XBT/USD"]',
        TS,
    ).events
    assert isinstance(spread, Quote)
    assert (spread.symbol, spread.bid_size, spread.ask_price) == (
        "BTC/USD",
        Decimal("1.01234567"),
        Decimal(5700),
    )
    assert session.on_frame(b'[42,["1542057314"],"ohlc-5","XBT/USD"]', TS).ignored == "candles"
    assert session.on_frame(b'{"event":"heartbeat"}', TS).ignored == "heartbeat"


def test_version_1_takes_a_book_update_in_two_objects() -> None:
    session = v1()
    session.on_frame(
        b'[336,{"as":[["27120.00000","4.28732553","1693415327.935623"]],'
        b'"bs":[["27119.90000","13.54067548","1693415328.088361"]]},"book-10","XBT/USD"]',
        TS,
    )
    decoded = session.on_frame(
        b'[336,{"a":[["27121.00000","1.00000000","1693415333.759711"]]},'
        b'{"b":[["27118.00000","2.00000000","1693415333.8","r"]]},"book-10","XBT/USD"]',
        TS,
    )
    (delta,) = decoded.events
    assert isinstance(delta, BookDelta)
    assert (len(delta.bids), len(delta.asks), delta.ts_event) == (1, 1, 1_693_415_333_800_000_000)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (b"[1]", "frame.shape"),
        (b'[336,{"a":[["27121.0"]]},"book-10","XBT/USD"]', "frame.shape"),
        (b'[993,[["1","1","1618678142.5","x","l",""]],"trade","XMR/USD"]', "frame.shape"),
        (b'[993,[["1","-1","1618678142.5","b","l",""]],"trade","XMR/USD"]', "value.negative_price"),
        (b'[993,[["1","1","now","b","l",""]],"trade","XMR/USD"]', "value.time_out_of_range"),
        (b'[993,[],"trade","DOGE"]', "frame.unknown_symbol"),
        (b'{"event":"subscriptionStatus","status":"error","errorMessage":"Unknown"}', "frame.venue_error"),
    ],
)
def test_bad_frames_of_version_1_are_quarantined(frame: bytes, reason: str) -> None:
    assert [item.reason for item in v1().on_frame(frame, TS).quarantined] == [reason]


def test_names_of_currencies_are_ours() -> None:
    assert spot_symbol_of("XBT/USD") == "BTC/USD"
    assert spot_symbol_of("XDG/XBT") == "DOGE/BTC"
    assert spot_symbol_of("hello") is None
    path = exchange("kraken").bars_request("DOGE/BTC", "1m", 1_690_730_998 * 10**9, 10)
    assert path == "/0/public/OHLC?pair=XDGXBT&interval=1&since=1690730997"


def test_a_futures_book_counts_by_one_from_its_snapshot() -> None:
    session = futures()
    snapshot = (
        b'{"feed":"book_snapshot","product_id":"FI_BCHUSD_210625","timestamp":1618678100126,"seq":2240145,'
        b'"tickSize":null,"bids":[{"price":1130.8,"qty":50.0}],"asks":[{"price":1131.9,"qty":27.0}]}'
    )

    def delta(seq: int) -> bytes:
        return (
            b'{"feed":"book","product_id":"FI_BCHUSD_210625","side":"buy","seq":%d,"price":1130.9,"qty":5.0,'
            b'"timestamp":1618678101591}' % seq
        )

    assert len(session.on_frame(snapshot, TS).events) == 2
    assert len(session.on_frame(delta(2240146), TS).events) == 1
    hole = session.on_frame(delta(2240148), TS)
    (action,) = hole.actions
    assert isinstance(action, Resubscribe)
    assert action.symbol == "BCH/USD:BCH-210625"
    assert session.checks()["BCH/USD:BCH-210625"].gaps == 1


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("PI_XBTUSD", "BTC/USD:BTC"),
        ("FI_XBTUSD_210430", "BTC/USD:BTC-210430"),
        ("PF_XBTUSD", "BTC/USD:USD"),
        ("PV_XRPXBT", "XRP/BTC:BTC"),
    ],
)
def test_futures_names_go_both_ways(name: str, symbol: str) -> None:
    assert symbol_of(name) == symbol
    assert symbol_of(name.lower()) == symbol
    assert native(symbol) == name


@pytest.mark.parametrize("name", ["IN_XBTUSD", "PI_", "FI_XBTUSD", "PI_XBTUSD_210430", "hello"])
def test_indices_and_nonsense_are_no_futures(name: str) -> None:
    assert symbol_of(name) is None


def test_futures_tickers_with_sizes_are_quotes_and_those_without_are_named() -> None:
    ticker = (
        b'{"time":1680811086487,"product_id":"PI_XBTUSD","funding_rate":0.0,"feed":"ticker","bid":34827.0,'
        b'"ask":34832.0,"bid_size":42864.0,"ask_size":2300.0,"volume":143807.0,"dtm":0}'
    )
    lite = b'{"feed":"ticker_lite","product_id":"PI_BCHUSD","bid":1060.4,"ask":1062.6,"premium":-0.0}'
    session = futures()
    (quote,) = session.on_frame(ticker, TS).events
    assert isinstance(quote, Quote)
    assert (quote.bid_size, quote.ts_event) == (Decimal("42864.0"), 1_680_811_086_487_000_000)
    assert session.on_frame(lite, TS).ignored == "ticker.no_sizes"
