"""`tidegate record` ends in time and says what it has, also when the venue can't be reached."""

import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from streaming.collectors.rest import TIMEOUT_S
from streaming.record import NOTHING, REFUSED, main


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Put the signals' handlers back: the command takes them for good."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("server_is", ["absent", "silent"])
def test_an_unreachable_venue_ends_in_time_and_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], server_is: str
) -> None:
    out = tmp_path / "mine.jsonl.zst"
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if server_is == "silent":
            server.listen()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("TIDEGATE_SIMULATOR_URL", url)
        began = time.monotonic()
        assert main(["--venue", "binance", "--out", str(out), "--seconds", "0.5"]) == NOTHING
    assert time.monotonic() - began < TIMEOUT_S, "it does not wait for an answer that never comes"
    assert not out.exists()
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("tidegate record: 0 frames recorded, no file kept: ")
    assert f"could not be reached at TIDEGATE_SIMULATOR_URL={url}" in last


def test_a_recording_that_is_there_is_not_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Least of all when the venue can't be reached, which leaves no file behind."""
    out = tmp_path / "mine.jsonl.zst"
    out.write_bytes(b"of yesterday")
    assert main(["--venue", "binance", "--out", str(out), "--seconds", "0.1"]) == REFUSED
    assert out.read_bytes() == b"of yesterday"
    assert capsys.readouterr().err == f"tidegate record: {out} exists; a recording is not overwritten\n"


def test_the_help_says_how_to_record_the_simulator(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "TIDEGATE_SIMULATOR_URL=http://127.0.0.1:8100" in capsys.readouterr().out
