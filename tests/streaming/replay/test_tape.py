"""What `streaming.record` writes, the readers of recordings read back, to the nanosecond."""

from pathlib import Path

from market.clock import ManualClock
from runtime.recordings import open_recording
from streaming._tape import Tape, TapedExchange
from streaming.exchanges import exchange
from streaming.replay import main

NOW = 1_723_161_253_937_085_768
DEPTH = (
    b'{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","U":9,"u":11,'
    b'"b":[["99.5","1"]],"a":[]}}'
)
SNAPSHOT = b'{"lastUpdateId":10,"bids":[["99","1"]],"asks":[["101","2"]]}'


def record(file: Path) -> None:
    venue = exchange("binance")
    (subscription,) = venue.subscriptions(["BTC/USDT"])
    with file.open("wb") as out:
        tape = Tape(out, ManualClock(NOW))
        tape.header("binance", ["BTC/USDT"])
        taped = TapedExchange(venue, tape, "ws.1", subscription, venue.ws_url).as_exchange()
        assert taped.venue == "binance"
        session = taped.session(["BTC/USDT"])
        (action,) = session.on_frame(DEPTH, NOW + 1).actions
        path = getattr(action, "rest_path", "")
        assert session.on_rest(path, SNAPSHOT, NOW + 2).events
        assert session.book("BTC/USDT") is not None
        assert tape.frames == 1


def test_a_tape_reads_back_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    record(file)
    recording = open_recording(file)
    assert (recording.venue, recording.format) == ("binance", "json_lines")
    found = [(item.kind, item.ts_ns, item.data) for item in recording.records()][1:]
    assert found == [("connect", NOW, b""), ("recv", NOW + 1, DEPTH), ("http", NOW + 2, SNAPSHOT)]


def test_a_tape_replays(tmp_path: Path) -> None:
    file, out = tmp_path / "mine.jsonl", tmp_path / "events.jsonl"
    record(file)
    assert main([str(file), "--out", str(out)]) == 0
    assert [line[9:22] for line in out.read_text().splitlines()] == [
        "book_snapshot",
        'book_delta","',
        'feed_status",',
    ]
