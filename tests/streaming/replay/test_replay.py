"""The command: events, summary, damage, refusals; small recordings written by the tests."""

import json
from pathlib import Path
from typing import Any

import pytest
import zstandard

from streaming.replay import main

SPOT = """1723161253937085768 {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","U":9,"u":10,"b":[["100.00000000","0.00000000"]],"a":[]}}
1723161254087891268 {"stream":"btcusdt@bookTicker","data":{"u":11,"s":"BTCUSDT","b":"99","B":"1","a":"101","A":"2"}}
1723161254206652067 {"lastUpdateId":10,"bids":[["99","1"]],"asks":[["101","2"]]}
1723161254306652067 {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255308,"s":"BTCUSDT","U":11,"u":12,"b":[["98","1"]],"a":[]}}
1723161254406652067 {"stream":"btcusdt@kline_1m","data":{"e":"kline","E":1,"s":"BTCUSDT","k":{}}}
"""  # noqa: E501
HTTP = "https://api.binance.com/api/v3/depth?symbol=BTCUSDT&limit=1000 -> 1618677372.9: " + (
    '{"lastUpdateId":10,"bids":[["99","1"]],"asks":[["101","2"]]}\n\n'
)
WS = """wss://stream.binance.com:9443/stream?streams=btcusdt@depth@100ms <-> 1618677371.9
1618677372.1768699: {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1618677372122,"s":"BTCUSDT","U":9,"u":10,"b":[],"a":[]}}
1618677373.1768699: {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1618677372122,"s":"BTCUSDT","U":11,"u":12,"b":[["98","1"]],"a":[]}}
1618677374.1768699: {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1618677372122,"s":"BTCUSDT","U":14,"u":14,"b":[["98","1"]],"a":[]}}
"""  # noqa: E501


def run(tmp_path: Path, *files: Path, status: int = 0) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    out, summary = tmp_path / "events.jsonl", tmp_path / "summary.json"
    assert main([*(str(file) for file in files), "--out", str(out), "--summary", str(summary)]) == status
    assert not list(tmp_path.glob(".*.part"))
    return [json.loads(line) for line in out.read_text().splitlines()], json.loads(summary.read_text())


def test_a_book_starts_from_the_snapshot_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "spot_btcusdt.jsonl"
    file.write_text(SPOT)
    events, summary = run(tmp_path, file)
    assert [event["kind"] for event in events] == ["quote", "book_snapshot", "feed_status", "book_delta"]
    assert (events[0]["bid_price"], events[0]["ts_init"]) == ("99", 1723161254087891268)
    counts = summary["venues"]["binance"]["symbols"]["BTC/USDT"]
    assert counts == {
        "frames": 5,
        "events": {"book_delta": 1, "book_snapshot": 1, "feed_status": 1, "quote": 1},
        "ignored": {"candles": 1, "depth.stale": 1},
        "gaps": 0,
        "checksum_ok": 0,
        "checksum_failed": 0,
        "quarantined": {},
    }
    assert summary["total"]["frames"] == 5


def test_zeros_are_written_as_decimals(tmp_path: Path) -> None:
    file = tmp_path / "BINANCE.ws.1.0"
    file.write_text(WS.replace('"b":[]', '"b":[["0.00000100","0.00000000"]]'))
    events, _ = run(tmp_path, file)
    assert events[0]["bids"] == [["0.00000100", "0.00000000"]]


def test_answers_in_another_file_find_their_book(tmp_path: Path) -> None:
    http, ws = tmp_path / "BINANCE.http.0.0", tmp_path / "BINANCE.ws.1.0"
    http.write_text(HTTP)
    ws.write_text(WS)
    events, summary = run(tmp_path, ws, http)
    kinds = [event["kind"] for event in events]
    assert kinds[:3] == ["book_snapshot", "feed_status", "book_delta"]
    assert summary["total"]["gaps"] == 1
    assert summary["total"]["ignored"] == {"depth.stale": 1}


def test_answers_alone_are_whole_books(tmp_path: Path) -> None:
    file = tmp_path / "BINANCE.http.0.0"
    file.write_text(HTTP)
    events, summary = run(tmp_path, file)
    assert [event["kind"] for event in events] == ["book_snapshot"]
    assert summary["total"]["frames"] == 1


def test_a_websocket_alone_is_checked_by_its_sequence(tmp_path: Path) -> None:
    file = tmp_path / "BINANCE.ws.1.0"
    file.write_text("".join(WS.splitlines(keepends=True)[:3]))
    events, summary = run(tmp_path, file)
    assert [event["kind"] for event in events] == ["book_delta", "book_delta"]
    assert summary["total"]["gaps"] == 0


def test_garbage_among_frames_is_quarantined_with_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "BINANCE.ws.1.0"
    file.write_text(WS + 'what is this\n1618677375.1: {"stream":\n')
    events, summary = run(tmp_path, file)
    assert summary["total"]["quarantined"] == {"frame.truncated": 1, "recording.bad_line": 1}
    assert summary["total"]["frames"] == 5
    assert sum(event["kind"] == "quarantined" for event in events) == 2


def test_an_insane_price_is_refused_by_the_same_rules_as_live(tmp_path: Path) -> None:
    data = '{"u":11,"s":"BTCUSDT","b":"101","B":"1","a":"99","A":"2"}'
    quote = f'1618677375.1: {{"stream":"btcusdt@bookTicker","data":{data}}}\n'
    file = tmp_path / "BINANCE.ws.1.0"
    file.write_text(WS + quote)
    _, summary = run(tmp_path, file)
    assert summary["total"]["quarantined"] == {"data.crossed_quote": 1}


def test_a_cut_file_is_told_and_what_was_read_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compressor = zstandard.ZstdCompressor()
    file = tmp_path / "spot_btcusdt.jsonl.zst"
    file.write_bytes(compressor.compress(SPOT.encode()) + compressor.compress(SPOT.encode())[:-40])
    events, summary = run(tmp_path, file, status=1)
    assert summary["problems"] == [f"{file}: cut off; what comes before the cut was read"]
    assert "cut off" in capsys.readouterr().err
    assert len(events) == 4


def test_several_compressed_frames_are_one_file(tmp_path: Path) -> None:
    lines = SPOT.splitlines(keepends=True)
    compressor = zstandard.ZstdCompressor()
    file = tmp_path / "spot_btcusdt.jsonl.zst"
    file.write_bytes(b"".join(compressor.compress(line.encode()) for line in lines))
    _, summary = run(tmp_path, file)
    assert summary["total"]["frames"] == 5


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("OKX.ws.1.0", "1618677372.1: {}", "no decoder for OKX; there are decoders for binance"),
        ("notes.txt", "hello", "nothing tells its venue"),
        ("KRAKEN.txt", "hello", "no known format"),
        ("KRAKEN.ws.1.0", "", "empty"),
    ],
)
def test_what_cannot_be_replayed_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, words: str
) -> None:
    file = tmp_path / name
    file.write_text(content)
    assert main([str(file), "--out", str(tmp_path / "out.jsonl")]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out.jsonl").exists()


def test_a_missing_file_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none"), "--out", str(tmp_path / "out.jsonl")]) == 2
    assert "no such file" in capsys.readouterr().err


def test_the_venue_can_be_told(tmp_path: Path) -> None:
    file = tmp_path / "x.log"
    file.write_text("".join(WS.splitlines(keepends=True)[1:3]))
    out = tmp_path / "out.jsonl"
    assert main([str(file), "--out", str(out), "--venue", "binance_us"]) == 0
    assert json.loads(out.read_text().splitlines()[0])["venue"] == "binance_us"
