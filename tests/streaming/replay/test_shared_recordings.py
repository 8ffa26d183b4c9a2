"""All real recordings of our venues, beside the checkout: nothing lost, nothing refused, books proven."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from market.events import BookDelta, BookSnapshot, Quote
from runtime.recordings import UnknownRecording, open_recording
from streaming.exchanges import exchange
from streaming.replay import replay

DATA = Path(__file__).resolve().parents[3] / "../shared/data/raw_ws"
PATTERNS = (
    "binance_hftbacktest/*.zst",
    "cryptofeed_v1/BINANCE*",
    "cryptofeed_v1/COINBASE*",
    "cryptofeed_v1/KRAKEN*",
    "cryptofeed_v3/BINANCE*",
    "cryptofeed_v3/COINBASE*",
    "cryptofeed_v3/KRAKEN*",
    "kraken_sdk/*.gz",
)
FILES = sorted(file for pattern in PATTERNS for file in DATA.glob(pattern))
TOGETHER = [
    ("BINANCE.http.0@34cc28de.0.zst", "BINANCE.ws.1@128297da.0.zst", "BINANCE@4c6a7fd9.0.zst"),
    ("BINANCE.http.0@2346dda3.0.zst", "BINANCE.ws.1@fbfab721.0.zst"),
    ("BINANCE.http.0@5cf73564.0.zst", "BINANCE.ws.1@3cdb3885.0.zst"),
    ("BINANCE_DELIVERY.http.6@522a1d1c.0.zst", "BINANCE_DELIVERY.ws.7@ef8dbb46.0.zst"),
    ("BINANCE_FUTURES.http.4@fb5a540a.0.zst", "BINANCE_FUTURES.ws.5@eb87833e.0.zst"),
    ("BINANCE_US.http.2@9ca9431d.0.zst", "BINANCE_US.ws.3@4658ab80.0.zst"),
]
CHECKSUMS = {
    "KRAKEN.jsonl.zst": 4269,
    "KRAKEN.ws.50@a93f1fab.0.zst": 4269,
    "orderbook-v1.json.gz": 979,
    "orderbook-v2.dev-first200.json.gz": 201,
}

pytestmark = pytest.mark.skipif(not FILES, reason="the recordings of ../shared/data are not on this machine")


@pytest.mark.parametrize("files", [(file,) for file in FILES], ids=lambda files: files[0].name)
def test_every_frame_is_decoded_or_named(files: tuple[Path, ...]) -> None:
    summary, problems = replay([open_recording(file) for file in files], io.BytesIO())
    total = summary["total"]
    assert isinstance(total, dict)
    assert problems == []
    assert (total["quarantined"], total["gaps"], total["checksum_failed"]) == ({}, 0, 0)
    assert total["frames"] > 0
    assert total["checksum_ok"] == CHECKSUMS.get(files[0].name, 0)


@pytest.mark.parametrize("names", TOGETHER, ids=lambda names: names[1])
def test_books_start_from_answers_recorded_beside_them(names: tuple[str, ...]) -> None:
    recordings = [open_recording(DATA / "cryptofeed_v1" / name) for name in names]
    summary, problems = replay(recordings, io.BytesIO())
    total = summary["total"]
    assert isinstance(total, dict)
    assert (problems, total["quarantined"], total["gaps"]) == ([], {}, 0)
    assert total["events"]["book_snapshot"] == total["events"]["feed_status"] > 0


@pytest.mark.parametrize(
    "file", [file for file in FILES if "hftbacktest" in file.parent.name], ids=lambda file: file.name
)
def test_the_rebuilt_top_equals_the_book_ticker_of_the_same_update(
    file: Path, record_property: Callable[[str, object], None]
) -> None:
    recording = open_recording(file)
    session = exchange(recording.venue).session([])
    quotes: dict[int, tuple[object, ...]] = {}
    tops: dict[int, tuple[object, ...]] = {}
    agreed = 0
    for record in recording.records():
        rest = record.kind == "http"
        decoded = (
            session.on_rest(record.url, record.data, record.ts_ns)
            if rest
            else session.on_frame(record.data, record.ts_ns)
        )
        for event in decoded.events:
            if isinstance(event, Quote):
                quotes[event.sequence] = (event.bid_price, event.bid_size, event.ask_price, event.ask_size)
            elif isinstance(event, BookSnapshot | BookDelta):
                book = session.book(event.symbol)
                if book is None or book.sequence != event.sequence or not book.best_bid or not book.best_ask:
                    continue
                tops[event.sequence] = (*book.best_bid, *book.best_ask)
            else:
                continue
            if event.sequence in quotes and event.sequence in tops:
                assert quotes[event.sequence] == tops[event.sequence], event
                agreed += 1
    record_property("tops_agreed", agreed)
    assert agreed > 500


@pytest.mark.parametrize(
    "name", ["cryptofeed_v1/OKX.ws.1@22e61785.0.zst", "cryptofeed_v3/BITFINEX.jsonl.zst"]
)
def test_other_venues_are_refused_by_name(name: str) -> None:
    with pytest.raises(UnknownRecording, match="there are decoders for binance"):
        open_recording(DATA / name)
