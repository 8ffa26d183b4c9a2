"""Golden frames of Coinbase: Advanced Trade, and the older Exchange feed."""

from decimal import Decimal

import pytest

from market.events import BookDelta, BookSnapshot, FeedState, FeedStatus, Quote, Side, Trade
from streaming.exchanges import exchange
from streaming.exchanges._interface import Reconnect, Resubscribe, Session

TS = 1_786_309_548_700_000_000


def advanced() -> Session:
    return exchange("coinbase").session(["BTC/USD"])


def older() -> Session:
    return exchange("coinbase_exchange").session(["SKL/BTC"])


def book(sequence: int, kind: str = "update", price: str = "65062.5", size: str = "0.00583") -> bytes:
    return (
        f'{{"channel":"l2_data","timestamp":"2026-08-09T21:05:48.505350477Z","sequence_num":{sequence},"events":['
        f'{{"type":"{kind}","product_id":"BTC-USD","updates":[{{"side":"bid","event_time":'
        f'"2026-08-09T21:05:48.210883Z","price_level":"{price}","new_quantity":"{size}"}},{{"side":"offer",'
        f'"event_time":"2026-08-09T21:05:48.210883Z","price_level":"65084","new_quantity":"1"}}]}}]}}'
    ).encode()


def trades(sequence: int, kind: str = "update") -> bytes:
    return (
        f'{{"channel":"market_trades","timestamp":"2026-08-09T21:05:48.251397169Z","sequence_num":{sequence},'
        f'"events":[{{"type":"{kind}","trades":[{{"product_id":"BTC-USD","trade_id":"1068572091","price":'
        f'"65083.67","size":"0.01034361","time":"2026-08-09T21:05:48.167634Z","side":"SELL"}}]}}]}}'
    ).encode()


def test_a_trade_lifts_the_makers_ask() -> None:
    (trade,) = advanced().on_frame(trades(0), TS).events
    assert trade == Trade(
        venue="coinbase",
        symbol="BTC/USD",
        ts_event=1_786_309_548_167_634_000,
        ts_init=TS,
        price=Decimal("65083.67"),
        size=Decimal("0.01034361"),
        side=Side.BUY,
        trade_id="1068572091",
    )


def trade_of(trade_id: int, time: str) -> str:
    return (
        f'{{"product_id":"BTC-USD","trade_id":"{trade_id}","price":"65083.67","size":"0.01","time":"{time}",'
        f'"side":"SELL"}}'
    )


def test_trades_of_one_frame_come_oldest_first_though_the_venue_sends_the_newest_first() -> None:
    """A bar would else close at the older price, and lose what the old minute had left."""
    found = ",".join(
        [
            trade_of(1000, "2026-08-09T21:06:00.100000Z"),
            trade_of(999, "2026-08-09T21:05:59.900000Z"),
            trade_of(998, "2026-08-09T21:05:59.900000Z"),
        ]
    )
    whole = trades(0)
    frame = whole[: whole.index(b'[{"product_id')] + f"[{found}]}}]}}".encode()
    events = advanced().on_frame(frame, TS).events
    assert [event.trade_id for event in events if isinstance(event, Trade)] == ["998", "999", "1000"]


def test_trades_from_before_the_connection_are_history() -> None:
    assert advanced().on_frame(trades(0, "snapshot"), TS).ignored == "trade_history"


def test_a_ticker_is_a_quote_to_the_nanosecond() -> None:
    frame = (
        b'{"channel":"ticker","timestamp":"2026-08-09T21:05:48.229198328Z","sequence_num":6,"events":[{"type":'
        b'"snapshot","tickers":[{"type":"ticker","product_id":"BTC-USD","price":"65086.18","best_bid":"65083.66",'
        b'"best_ask":"65083.67","best_bid_quantity":"0.20371215","best_ask_quantity":"0.24290402"}]}]}'
    )
    (quote,) = advanced().on_frame(frame, TS).events
    assert isinstance(quote, Quote)
    assert quote.ts_event == 1_786_309_548_229_198_328
    assert (quote.bid_size, quote.ask_price) == (Decimal("0.20371215"), Decimal("65083.67"))


def test_a_book_comes_whole_and_is_continued_across_other_channels() -> None:
    session = advanced()
    whole = session.on_frame(book(3, "snapshot"), TS).events
    assert [type(event) for event in whole] == [BookSnapshot, FeedStatus]
    session.on_frame(trades(4), TS)
    (delta,) = session.on_frame(book(5, price="65070"), TS).events
    assert isinstance(delta, BookDelta)
    assert (delta.first_sequence, delta.sequence) == (4, 5)
    found = session.book("BTC/USD")
    assert found is not None
    assert found.best_bid == (Decimal("65070"), Decimal("0.00583"))


def test_a_hole_in_the_connection_gives_up_all_books_but_not_the_frame() -> None:
    session = advanced()
    session.on_frame(book(3, "snapshot"), TS)
    decoded = session.on_frame(trades(5), TS)
    assert [type(event) for event in decoded.events] == [FeedStatus, Trade]
    assert decoded.actions == [Reconnect("frame.sequence_gap")]
    assert session.checks()[""].gaps == 1
    assert session.book("BTC/USD") is None


def test_a_repeated_frame_is_named() -> None:
    session = advanced()
    session.on_frame(trades(3), TS)
    assert session.on_frame(trades(3), TS).ignored == "frame.repeated"


def test_a_refused_frame_leaves_no_hole_in_the_sequence() -> None:
    session = advanced()
    session.on_frame(book(3, "snapshot"), TS)
    refused = session.on_frame(book(4, price="-1"), TS)
    assert [item.reason for item in refused.quarantined] == ["value.negative_price"]
    assert [event.reason for event in refused.events if isinstance(event, FeedStatus)] == ["frame.lost"]
    session.on_frame(trades(5), TS)
    assert session.checks()[""].gaps == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"new_quantity":"1"', b'"new_quantity":"one"'),
        (b'"side":"offer"', b'"side":"ask"'),
        (b"2026-08-09T21:05:48.505350477Z", b"yesterday"),
    ],
)
def test_an_unreadable_frame_of_a_book_gives_the_book_up(old: bytes, new: bytes) -> None:
    """The connection's numbers go on without a hole: nothing else would tell of the missing levels."""
    session = advanced()
    session.on_frame(book(3, "snapshot"), TS)
    refused = session.on_frame(book(4).replace(old, new), TS)
    assert len(refused.quarantined) == 1
    assert [event.reason for event in refused.events if isinstance(event, FeedStatus)] == ["frame.lost"]
    assert [type(action) for action in refused.actions] == [Reconnect]
    assert session.book("BTC/USD") is None


def events_of(sequence: int, *frames: bytes) -> bytes:
    parts = [frame[frame.index(b'"events":[') + 10 : -2] for frame in frames]
    return frames[0][: frames[0].index(b'"sequence_num"')] + (
        b'"sequence_num":%d,"events":[' % sequence + b",".join(parts) + b"]}"
    )


def test_two_events_of_one_product_in_a_frame_are_both_applied() -> None:
    session = advanced()
    session.on_frame(book(3, "snapshot"), TS)
    frame = events_of(4, book(4, price="65070"), book(4, price="65071", size="2"))
    (delta,) = session.on_frame(frame, TS).events
    assert isinstance(delta, BookDelta)
    found = session.book("BTC/USD")
    assert found is not None
    assert found.bids(2) == [(Decimal("65071"), Decimal(2)), (Decimal("65070"), Decimal("0.00583"))]


def test_a_snapshot_and_its_first_update_in_one_frame_make_one_book() -> None:
    session = advanced()
    frame = events_of(3, book(3, "snapshot"), book(3, size="0"), book(3, price="65061"))
    snapshot = session.on_frame(frame, TS).events[0]
    assert isinstance(snapshot, BookSnapshot)
    assert snapshot.bids == [(Decimal("65061"), Decimal("0.00583"))]


def test_a_bad_event_beside_a_good_one_costs_only_its_own_book() -> None:
    session = exchange("coinbase").session(["BTC/USD", "ETH/USD"])
    session.on_frame(book(3, "snapshot"), TS)
    session.on_frame(book(4, "snapshot").replace(b"BTC-USD", b"ETH-USD"), TS)
    bad = book(5, price="-1").replace(b"BTC-USD", b"ETH-USD")
    decoded = session.on_frame(events_of(5, book(5, price="65070"), bad), TS)
    assert [(type(event), event.symbol) for event in decoded.events] == [
        (BookDelta, "BTC/USD"),
        (FeedStatus, "ETH/USD"),
    ]
    assert session.book("BTC/USD") is not None


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (b'{"type":"error","message":"failure to subscribe"}', "frame.venue_error"),
        (b'{"channel":"surprise","timestamp":"","sequence_num":0,"events":[]}', "frame.unknown_kind"),
        (b'{"channel":"l2_data"}', "frame.shape"),
        (trades(0).replace(b"BTC-USD", b"ETH-USD"), "frame.unknown_symbol"),
        (trades(0).replace(b'"SELL"', b'"HOLD"'), "frame.shape"),
        (trades(0).replace(b"2026-08-09T21:05:48.167634Z", b"yesterday"), "value.time_out_of_range"),
        (trades(0)[:-20], "frame.truncated"),
    ],
)
def test_a_bad_frame_is_quarantined_with_its_reason(frame: bytes, reason: str) -> None:
    decoded = advanced().on_frame(frame, TS)
    assert ([item.reason for item in decoded.quarantined], list(decoded.events)) == ([reason], [])


def test_heartbeats_and_candles_have_names() -> None:
    session = advanced()
    heartbeat = b'{"channel":"heartbeats","timestamp":"2026-08-09T21:05:48.8Z","sequence_num":35,"events":[]}'
    candles = b'{"channel":"candles","timestamp":"2026-08-09T21:05:48.8Z","sequence_num":36,"events":[]}'
    assert session.on_frame(heartbeat, TS).ignored == "heartbeat"
    assert session.on_frame(candles, TS).ignored == "candles"


def test_the_older_feed_continues_its_snapshot_in_order() -> None:
    session = older()
    snapshot = (
        b'{"type":"snapshot","product_id":"SKL-BTC","asks":[["0.00001310","5"]],"bids":[["0.00001300","9"]]}'
    )
    update = (
        b'{"type":"l2update","product_id":"SKL-BTC","changes":[["sell","0.00001306","660.5"]],'
        b'"time":"2021-04-17T16:43:37.075687Z"}'
    )
    assert isinstance(session.on_frame(update, TS).actions[0], Resubscribe)
    assert session.on_frame(update, TS).ignored == "book.awaiting_snapshot"
    (whole, status) = session.on_frame(snapshot, TS).events
    (delta,) = session.on_frame(update, TS).events
    assert isinstance(status, FeedStatus)
    assert status.state is FeedState.LIVE
    assert isinstance(delta, BookDelta)
    assert isinstance(whole, BookSnapshot)
    assert delta.first_sequence == whole.sequence + 1
    assert delta.asks == [(Decimal("0.00001306"), Decimal("660.5"))]


def test_the_older_feed_names_tickers_without_sizes_and_takes_those_with() -> None:
    session = older()
    frame = (
        b'{"type":"ticker","sequence":333938798,"product_id":"SKL-BTC","price":"14.7775","best_bid":"14.7550",'
        b'"best_ask":"14.8060","side":"buy","time":"2021-04-17T16:43:30.244075Z"}'
    )
    assert session.on_frame(frame, TS).ignored == "ticker.no_sizes"
    newer = frame.replace(b'"best_ask"', b'"best_bid_size":"1","best_ask_size":"2","best_ask"')
    assert isinstance(session.on_frame(newer, TS).events[0], Quote)


def test_the_older_feeds_match_lifts_the_makers_ask() -> None:
    frame = (
        b'{"type":"match","trade_id":280232,"maker_order_id":"2a0d","taker_order_id":"3c82","side":"sell",'
        b'"size":"985","price":"0.00001305","product_id":"SKL-BTC","sequence":177100030,'
        b'"time":"2021-04-17T16:43:37.089723Z"}'
    )
    (trade,) = older().on_frame(frame, TS).events
    assert isinstance(trade, Trade)
    assert (trade.side, trade.trade_id) == (Side.BUY, "280232")
    assert older().on_frame(frame.replace(b'"match"', b'"last_match"'), TS).ignored == "trade_history"


def test_the_two_dialects_tell_their_frames_apart() -> None:
    advanced_trade, exchange_feed = exchange("coinbase"), exchange("coinbase_exchange")
    assert advanced_trade.speaks(trades(0))
    assert not exchange_feed.speaks(trades(0))
    assert exchange_feed.speaks(b'{"type":"subscriptions","channels":[]}')
    assert not advanced_trade.speaks(b'{"type":"subscriptions","channels":[]}')


def test_a_recording_that_starts_in_the_middle_gives_its_deltas() -> None:
    session = advanced()
    assert session.on_frame(book(20), TS).actions == [Reconnect("book.lost")]
    (first,) = session.on_snapshot_unavailable("BTC/USD", TS).events
    (second,) = session.on_frame(book(21), TS).events
    assert isinstance(first, BookDelta)
    assert isinstance(second, BookDelta)
    assert (first.sequence, second.first_sequence, second.sequence) == (20, 21, 21)
    assert session.checks()["BTC/USD"].gaps == 0
