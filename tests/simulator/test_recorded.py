"""Recordings: the real frames with their times moved, and books and bars that go with them."""

import json
import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from market.clock import NS_PER_MS, NS_PER_S, ManualClock
from runtime.recordings import open_recording
from simulator.dialects._interface import Request, Session
from simulator.errors import BadRecording
from simulator.recorded.catalog import describe, recorded_gateways
from simulator.recorded.frames import moved, stream_key
from simulator.recorded.gateway import RecordedGateway
from tests.simulator.recordings import BINANCE_SPOT

START_NS = 1_795_356_031_123_456_789
FOLDER = "raw_ws/binance_hftbacktest"
TIMES = re.compile(rb'"[ET]":\d{13}')


def _gateway(path: Path, venue: str = "binance", *, speed: float = 1.0) -> RecordedGateway:
    gateways = recorded_gateways(path, speed=speed, seed=1, clock=ManualClock(START_NS))
    gateway = next(gateway for gateway in gateways if gateway.venue == venue)
    assert isinstance(gateway, RecordedGateway)
    return gateway


def _connect(gateway: RecordedGateway, streams: str) -> Session:
    session = gateway.connect(Request("GET", "/stream", {"streams": streams}))
    assert isinstance(session, Session)
    return session


def _get(gateway: RecordedGateway, path: str, now_ns: int, **query: str) -> Any:
    return json.loads(gateway.answer(Request("GET", path, query), now_ns).body)


def test_frames_keep_everything_but_their_times(data: Path) -> None:
    path = data / BINANCE_SPOT
    gateway = _gateway(path)
    session = _connect(gateway, "btcusdt@trade/btcusdt@bookTicker/btcusdt@depth@100ms")
    gateway.step(START_NS + 60 * NS_PER_S)
    sent = list(session.outbox)
    recorded = [record.data for record in open_recording(path).records() if record.kind == "recv"]
    assert len(sent) > 5000
    assert [TIMES.sub(b"", frame) for frame in sent] == [
        TIMES.sub(b"", frame) for frame in recorded[: len(sent)]
    ]
    shifts = {
        int(new[4:]) - int(old[4:])
        for ours, theirs in zip(sent, recorded, strict=False)
        for new, old in zip(TIMES.findall(ours), TIMES.findall(theirs), strict=True)
    }
    assert len(shifts) <= 2, "one constant, but for the rounding to milliseconds"
    assert max(shifts) - min(shifts) <= 1
    first = json.loads(sent[0])["data"]["E"]
    assert abs(first - START_NS // NS_PER_MS) < 1000, "the recording starts now"


@pytest.mark.parametrize(
    ("venue", "prefix", "name"),
    [
        ("binance", "/api/v3", "BTCUSDT"),
        ("binance_usdm", "/fapi/v1", "ETHUSDT"),
        ("binance_coinm", "/dapi/v1", "BTCUSD_PERP"),
    ],
)
@pytest.mark.parametrize("joined_after_s", [0, 20])
def test_a_client_synchronises_at_any_time_and_agrees_with_the_book_ticker(
    data: Path, venue: str, prefix: str, name: str, joined_after_s: int
) -> None:
    gateway = _gateway(data / FOLDER, venue)
    now_ns = START_NS + joined_after_s * NS_PER_S
    gateway.step(now_ns)
    stream = name.lower()
    session = _connect(gateway, f"{stream}@depth@100ms/{stream}@bookTicker")
    gateway.step(now_ns + 5 * NS_PER_S)
    snapshot = _get(gateway, f"{prefix}/depth", now_ns, symbol=name, limit="1000")
    gateway.step(now_ns + 15 * NS_PER_S)
    bids, asks = (dict(snapshot[side]) for side in ("bids", "asks"))
    tops: dict[int, tuple[str, ...]] = {}
    last, compared = snapshot["lastUpdateId"], 0
    is_first = True
    for frame in map(json.loads, session.outbox):
        found = frame["data"]
        if "B" in found:
            tops[found["u"]] = tuple(found[key] for key in "bBaA")
            continue
        if found["u"] <= snapshot["lastUpdateId"]:
            continue
        follows = found.get("pu", found["U"] - 1) == last
        assert follows or (is_first and found["U"] <= last + 1 <= found["u"])
        last, is_first = found["u"], False
        for side, changes in ((bids, found["b"]), (asks, found["a"])):
            side.update(changes)
            for price in [price for price, size in changes if not Decimal(size)]:
                side.pop(price, None)
        if found["u"] in tops:
            bid, ask = max(bids, key=Decimal), min(asks, key=Decimal)
            assert (bid, bids[bid], ask, asks[ask]) == tops[found["u"]]
            compared += 1
    assert compared > 5


def test_bars_before_the_start_are_made_up_and_end_at_the_first_price(data: Path) -> None:
    gateway = _gateway(data / BINANCE_SPOT)
    query = {"symbol": "BTCUSDT", "interval": "1m", "limit": "1000"}
    rows = _get(gateway, "/api/v3/klines", START_NS, **query)
    assert len(rows) == 1000
    assert float(rows[-1][4]) == pytest.approx(61_837.6, rel=0.001)
    assert rows[:-1] == _get(_gateway(data / BINANCE_SPOT), "/api/v3/klines", START_NS, **query)[:-1]


def test_bars_after_the_start_are_those_of_the_trades_sent(data: Path) -> None:
    gateway = _gateway(data / BINANCE_SPOT)
    session = _connect(gateway, "btcusdt@trade")
    now_ns = START_NS + 150 * NS_PER_S
    gateway.step(now_ns)
    by_minute: dict[int, list[Any]] = defaultdict(list)
    for frame in map(json.loads, session.outbox):
        by_minute[frame["data"]["T"] // 60_000 * 60_000].append(frame["data"])
    minute = sorted(by_minute)[1]
    start = {"startTime": str(minute), "limit": "1"}
    row = _get(gateway, "/api/v3/klines", now_ns, symbol="BTCUSDT", interval="1m", **start)[0]
    prices = [Decimal(trade["p"]) for trade in by_minute[minute]]
    assert [Decimal(value) for value in row[1:5]] == [prices[0], max(prices), min(prices), prices[-1]]
    assert Decimal(row[5]) == sum(Decimal(trade["q"]) for trade in by_minute[minute])
    assert row[8] == len(prices)


def test_at_its_end_it_hangs_up_and_starts_again(data: Path) -> None:
    gateway = _gateway(data / BINANCE_SPOT)
    session = _connect(gateway, "btcusdt@trade")
    now_ns = START_NS
    while not session.is_closing:
        now_ns += 10 * NS_PER_S
        gateway.step(now_ns)
    assert 340 < (now_ns - START_NS) / NS_PER_S < 370
    first = json.loads(session.outbox[0])["data"]
    again = _connect(gateway, "btcusdt@trade")
    gateway.step(now_ns + 5 * NS_PER_S)
    repeated = json.loads(again.outbox[0])["data"]
    assert repeated["t"] == first["t"]
    assert repeated["T"] > first["T"] + 340_000


def test_it_can_be_replayed_faster(data: Path) -> None:
    slow, quick = _gateway(data / BINANCE_SPOT), _gateway(data / BINANCE_SPOT, speed=10.0)
    sessions = [_connect(gateway, "btcusdt@trade") for gateway in (slow, quick)]
    slow.step(START_NS + 50 * NS_PER_S)
    quick.step(START_NS + 5 * NS_PER_S)
    assert len(sessions[0].outbox) == len(sessions[1].outbox)
    ends = [json.loads(session.outbox[-1])["data"]["T"] for session in sessions]
    assert ends[1] - START_NS // NS_PER_MS < 5_500
    assert ends[0] - START_NS // NS_PER_MS > 45_000


def test_only_recorded_symbols_are_listed(data: Path) -> None:
    gateway = _gateway(data / FOLDER, "binance_usdm")
    listed = _get(gateway, "/fapi/v1/exchangeInfo", START_NS)["symbols"]
    assert [(item["symbol"], item["marginAsset"], item["contractType"]) for item in listed] == [
        ("BTCUSDT", "USDT", "PERPETUAL"),
        ("ETHUSDT", "USDT", "PERPETUAL"),
    ]
    assert _get(gateway, "/fapi/v1/depth", START_NS, symbol="SOLUSDT")["code"] == -1121
    assert gateway.answer(Request("GET", "/api/v3/depth", {}), START_NS).status == 404


def test_it_is_described_for_the_supervisor(data: Path) -> None:
    described = json.loads(describe(data / FOLDER))
    assert (described["venues"], described["symbols"]) == (["binance"], ["BTC/USDT", "ETH/USDT"])
    assert [line.partition(":")[0] for line in described["left_out"]] == ["binance_usdm", "binance_coinm"]
    assert json.loads(describe(data / FOLDER / "usdm_btcusdt_20240808.jsonl.zst")) == {
        "venues": ["binance_usdm"],
        "symbols": ["BTC/USDT:USDT"],
        "left_out": [],
    }


def test_a_path_that_holds_nothing_usable_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing recorded here")
    for path in (tmp_path, tmp_path / "absent", tmp_path / "notes.txt"):
        with pytest.raises(BadRecording) as refusal:
            describe(path)
        assert "\n" not in str(refusal.value)
        assert str(path) in str(refusal.value)


def test_a_damaged_recording_is_served_as_far_as_it_goes(data: Path, tmp_path: Path) -> None:
    whole = (data / BINANCE_SPOT).read_bytes()
    cut = tmp_path / "spot_btcusdt_20240808.jsonl.zst"
    cut.write_bytes(whole[: len(whole) // 3])
    gateway = _gateway(cut)
    session = _connect(gateway, "btcusdt@trade")
    gateway.step(START_NS + 30 * NS_PER_S)
    assert len(session.outbox) > 100


def test_only_event_and_transaction_times_move() -> None:
    frame = (
        b'{"e":"trade","E":1723161255343,"t":1723161255343,"p":"1723161255343","T":1723161255342,"m":true}'
    )
    assert moved(frame, 1000) == (
        b'{"e":"trade","E":1723161256343,"t":1723161255343,"p":"1723161255343","T":1723161256342,"m":true}'
    )


def test_a_stream_is_found_whatever_its_speed() -> None:
    assert stream_key("btcusdt@depth@100ms") == stream_key("btcusdt@depth@0ms") == "btcusdt@depth"
