"""Recordings of Coinbase and Kraken: each client gets the recorded frames, moved in time."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from market.clock import NS_PER_S
from runtime.recordings import open_recording
from simulator.dialects._interface import Request
from simulator.errors import BadRecording
from simulator.recorded.catalog import describe
from streaming.exchanges import coinbase, kraken
from streaming.exchanges._interface import Exchange
from tests.simulator import taped
from tests.simulator.conftest import Running
from tests.simulator.recordings import COINBASE, KRAKEN_V2

EXCHANGES: dict[str, Exchange] = {"coinbase": coinbase.EXCHANGE, "kraken": kraken.EXCHANGE}
CANDLES = {
    "coinbase": "/api/v3/brokerage/market/products/BTC-USDT/candles",
    "kraken": "/0/public/OHLC",
}
SEQUENCE = re.compile(rb'"sequence_num":(\d+)')


@pytest.fixture(scope="module")
def recordings(simulator: Running, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recording of each venue, as `tidegate record` writes it."""
    folder = tmp_path_factory.mktemp("recordings")
    taped.record(simulator, ["binance", "coinbase", "kraken"], folder)
    return folder


@pytest.mark.parametrize("venue", EXCHANGES)
def test_our_own_recordings_are_served_frame_by_frame(recordings: Path, venue: str) -> None:
    path = recordings / f"{venue}.jsonl.zst"
    heard = taped.listen(taped.stream_gateway(recordings, venue), EXCHANGES[venue], taped.SYMBOLS)
    recorded = taped.received(path)
    assert len(recorded) > 50
    assert [taped.timeless(frame) for frame in heard.frames] == [taped.timeless(frame) for frame in recorded]
    shifts = {
        new - old
        for ours, theirs in zip(heard.frames, recorded, strict=True)
        for new, old in zip(taped.times_ns(ours), taped.times_ns(theirs), strict=True)
    }
    assert len(shifts) == 1, "every time is moved by the same constant"
    assert heard.refused == []
    assert all(heard.events[kind] > 0 for kind in ("Trade", "Quote", "BookSnapshot", "BookDelta"))
    checks = heard.session.checks()
    assert all(check.gaps == check.checksum_failed == 0 for check in checks.values())
    if venue == "kraken":
        assert sum(check.checksum_ok for check in checks.values()) == heard.events["BookDelta"] + 2
    for symbol in taped.SYMBOLS:
        book = heard.session.book(symbol)
        assert book is not None
        assert not book.is_crossed


def test_a_recording_of_cryptofeed_is_served_without_what_was_not_asked_for(data: Path) -> None:
    gateway = taped.stream_gateway(data / COINBASE, "coinbase")
    heard = taped.listen(gateway, coinbase.EXCHANGE, ["BTC/USD", "ETH/USD"])
    wanted = [frame for frame in taped.received(data / COINBASE) if b'"channel":"candles"' not in frame]

    def bare(frame: bytes) -> bytes:
        return SEQUENCE.sub(b"", taped.timeless(frame), count=1)

    assert [bare(frame) for frame in heard.frames] == [bare(frame) for frame in wanted]
    numbers = [int(found[1]) for frame in heard.frames if (found := SEQUENCE.search(frame))]
    assert numbers == list(range(len(wanted)))
    assert heard.refused == []
    assert all(check.gaps == 0 for check in heard.session.checks().values())
    assert heard.events["Trade"] > 20
    assert 9.5 < (heard.end_ns - taped.START_NS) / NS_PER_S < 11, "at the recorded pace"


def test_one_symbol_alone_is_served_with_the_sequence_of_its_own_frames(data: Path) -> None:
    gateway = taped.stream_gateway(data / COINBASE, "coinbase")
    heard = taped.listen(gateway, coinbase.EXCHANGE, ["ETH/USD"], seconds=5)
    assert heard.refused == []
    assert all(check.gaps == 0 for check in heard.session.checks().values())
    assert not any(b'"product_id":"BTC-USD"' in frame for frame in heard.frames)


def test_checksums_of_the_real_kraken_come_out(data: Path) -> None:
    gateway = taped.stream_gateway(data / KRAKEN_V2, "kraken", speed=100.0)
    heard = taped.listen(gateway, kraken.EXCHANGE, ["BTC/USD"])
    checks = heard.session.checks()["BTC/USD"]
    assert (checks.checksum_failed, heard.refused) == (0, [])
    assert checks.checksum_ok > 100


def test_a_client_that_comes_back_gets_the_recording_from_its_start(recordings: Path) -> None:
    gateway = taped.stream_gateway(recordings, "kraken")
    first = taped.listen(gateway, kraken.EXCHANGE, taped.SYMBOLS)
    again = taped.listen(gateway, kraken.EXCHANGE, taped.SYMBOLS, now_ns=first.end_ns + NS_PER_S)
    assert [taped.timeless(frame) for frame in again.frames] == [
        taped.timeless(frame) for frame in first.frames
    ]

    def times(frames: list[bytes]) -> list[int]:
        return [time for frame in frames for time in taped.times_ns(frame)]  # a heartbeat has none

    assert times(again.frames)[-1] > times(first.frames)[-1]


def test_it_can_be_replayed_faster(recordings: Path) -> None:
    gateway = taped.stream_gateway(recordings, "coinbase", speed=8.0)
    heard = taped.listen(gateway, coinbase.EXCHANGE, taped.SYMBOLS)
    recorded = [record.ts_ns for record in open_recording(recordings / "coinbase.jsonl.zst").records()]
    assert heard.end_ns - taped.START_NS < (recorded[-1] - recorded[0]) / 4
    assert heard.refused == []


def test_a_symbol_that_was_not_recorded_keeps_nobody_from_the_others(recordings: Path) -> None:
    for venue, exchange in EXCHANGES.items():
        gateway = taped.stream_gateway(recordings, venue)
        heard = taped.listen(gateway, exchange, ["BTC/USDT", "SOL/USDT"], seconds=2)
        assert heard.refused == []
        assert heard.events["BookDelta"] > 0


def test_a_folder_serves_all_its_venues_together(recordings: Path) -> None:
    assert list(taped.gateways(recordings)) == ["binance", "coinbase", "kraken"]
    assert json.loads(describe(recordings)) == {
        "venues": ["binance", "coinbase", "kraken"],
        "symbols": list(taped.SYMBOLS),
        "left_out": [],
    }


@pytest.mark.parametrize("venue", EXCHANGES)
def test_rest_lists_what_was_recorded_with_a_past_that_ends_at_its_first_price(
    recordings: Path, venue: str
) -> None:
    gateway, exchange = taped.stream_gateway(recordings, venue), EXCHANGES[venue]

    def get(target: str) -> bytes:
        path, _, query = target.partition("?")
        values = dict(item.split("=") for item in query.split("&")) if query else {}
        return gateway.answer(Request("GET", path, values), taped.START_NS).body

    listed = exchange.decode_instruments(get(exchange.instruments_request()))
    assert {instrument.symbol for instrument in listed} == set(taped.SYMBOLS)
    since_ns = taped.START_NS - 3600 * NS_PER_S
    body = get(exchange.bars_request("BTC/USDT", "1m", since_ns, 100))
    bars = exchange.decode_bars("BTC/USDT", "1m", body, taped.START_NS)
    assert len(bars) >= 59
    heard = taped.listen(gateway, exchange, taped.SYMBOLS)
    book = heard.session.book("BTC/USDT")
    assert book is not None
    assert float(bars[-1].close) == pytest.approx(float(book.bids(1)[0][0]), rel=0.005)


def test_bars_after_the_start_are_those_of_the_trades_sent(data: Path) -> None:
    gateway = taped.stream_gateway(data / COINBASE, "coinbase")
    start_ns = taped.START_NS - taped.START_NS % (60 * NS_PER_S) + 70 * NS_PER_S
    heard = taped.listen(gateway, coinbase.EXCHANGE, ["BTC/USD", "ETH/USD"], now_ns=start_ns)
    documents: list[Any] = [json.loads(frame) for frame in heard.frames]
    trades = [
        trade
        for document in documents
        if document["channel"] == "market_trades"
        for event in document["events"]
        if event["type"] == "update"
        for trade in reversed(event["trades"])
        if trade["product_id"] == "ETH-USD"
    ]
    assert len(trades) > 5
    path = "/api/v3/brokerage/market/products/ETH-USD/candles"
    minute_s = heard.end_ns // NS_PER_S // 60 * 60
    query = {"start": str(minute_s), "end": str(minute_s + 59), "granularity": "ONE_MINUTE"}
    (bar,) = json.loads(gateway.answer(Request("GET", path, query), heard.end_ns).body)["candles"]
    assert Decimal(bar["close"]) == Decimal(trades[-1]["price"])
    assert Decimal(bar["volume"]) >= sum(Decimal(trade["size"]) for trade in trades)
    ticker = Request("GET", "/api/v3/brokerage/market/products/ETH-USD/ticker", {"limit": "1"})
    newest = json.loads(gateway.answer(ticker, heard.end_ns).body)
    assert newest["trades"][0]["trade_id"] == trades[-1]["trade_id"]
    book = heard.session.book("ETH/USD")
    assert book is not None
    assert Decimal(newest["best_bid"]) == book.bids(1)[0][0]


def test_where_the_recorded_connection_was_made_anew_the_clients_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "coinbase.jsonl"
    path.write_text("\n".join(_two_connections()))
    gateway = taped.stream_gateway(path, "coinbase")
    heard = []
    now_ns = taped.START_NS
    for _ in range(3):
        found = taped.listen(gateway, coinbase.EXCHANGE, ["BTC/USD"], now_ns=now_ns, seconds=5)
        now_ns = found.end_ns
        heard.append([json.loads(frame)["events"][0]["updates"][0]["price_level"] for frame in found.frames])
    assert heard == [["100", "101"], ["200", "201"], ["100", "101"]]


@pytest.mark.parametrize(
    ("name", "venue"),
    [
        ("cryptofeed_v3/KRAKEN.jsonl.zst", "kraken"),
        ("cryptofeed_v1/COINBASE.ws.28@974302da.0.zst", "coinbase"),
    ],
)
def test_older_feeds_are_refused_in_one_line_that_points_to_replay(data: Path, name: str, venue: str) -> None:
    with pytest.raises(BadRecording, match=f"{venue}: can't be served.*tidegate replay") as refusal:
        describe(data / "raw_ws" / name)
    assert "\n" not in str(refusal.value)


def test_only_one_quote_currency_is_described(data: Path, recordings: Path, tmp_path: Path) -> None:
    for file in (data / COINBASE, recordings / "kraken.jsonl.zst", recordings / "binance.jsonl.zst"):
        (tmp_path / file.name).symlink_to(file.resolve())
    most, dollars = json.loads(describe(tmp_path)), json.loads(describe(tmp_path, "USD"))
    assert (most["venues"], most["symbols"]) == (["binance", "kraken"], list(taped.SYMBOLS))
    assert (dollars["venues"], dollars["symbols"]) == (["coinbase"], ["BTC/USD", "ETH/USD"])
    assert len(most["left_out"]) == 1
    assert len(dollars["left_out"]) == 2
    with pytest.raises(BadRecording, match=r"quoted in EUR.*TIDEGATE_TRADING_CURRENCY"):
        describe(tmp_path, "EUR")


def test_the_recorded_format_is_the_one_that_record_writes(recordings: Path) -> None:
    assert {open_recording(path).venue for path in recordings.iterdir()} == {"binance", *EXCHANGES}


def _two_connections() -> list[str]:
    lines = ['{"t":"header","format":3,"exchange":"coinbase"}']
    for number, price in enumerate((100, 200)):
        ts = 1_795_000_000 + number * 10
        lines.append(json.dumps({"t": "connect", "conn": "ws.1", "ts": ts, "addr": "wss://x"}))
        for sequence, kind in enumerate(("snapshot", "update")):
            level = {"side": "bid", "price_level": str(price + sequence), "new_quantity": "1"}
            event = {"type": kind, "product_id": "BTC-USD", "updates": [level]}
            frame = {"channel": "l2_data", "timestamp": "2026-11-18T00:00:00Z", "sequence_num": sequence}
            data = json.dumps({**frame, "events": [event]})
            lines.append(json.dumps({"t": "recv", "conn": "ws.1", "ts": ts + sequence, "data": data}))
    return lines
