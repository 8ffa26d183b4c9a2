"""Topics, timeframes, instruments, clocks and plug-ins."""

import importlib
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.clock import NS_PER_S, ManualClock, SystemClock
from market.errors import BadEvent, BadPlugin, UnknownInstrument
from market.instruments import InstrumentId, split_symbol
from market.plugins import discover
from market.timeframes import open_time_of, timeframe_ns
from market.topics import TOPICS, TRADES, partition_for


@given(st.text(min_size=1))
def test_a_key_always_falls_into_one_of_the_topics_partitions(key: str) -> None:
    assert 0 <= partition_for(key, TRADES) < TRADES.partitions
    assert partition_for(key, TRADES) == partition_for(key, TRADES)


def test_a_key_stays_in_its_partition_from_one_release_to_the_next() -> None:
    assert partition_for("BTC/USDT@binance", TRADES) == 2


def test_topics_have_different_names_and_are_bounded() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)
    assert all(topic.retention_s > 0 and topic.retention_bytes > 0 for topic in TOPICS)


@pytest.mark.parametrize(
    ("text", "seconds"), [("1s", 1), ("1m", 60), ("5m", 300), ("1h", 3600), ("1d", 86_400), ("1w", 604_800)]
)
def test_a_timeframe_is_a_count_and_a_unit(text: str, seconds: int) -> None:
    assert timeframe_ns(text) == seconds * NS_PER_S


@pytest.mark.parametrize("text", ["", "m", "0m", "1x", "-1m", "1.5h", "1M"])
def test_what_is_no_timeframe_is_refused_with_examples(text: str) -> None:
    with pytest.raises(BadEvent, match="write 1m, 5m, 1h or 1d"):
        timeframe_ns(text)


@given(st.integers(0, 2**62), st.sampled_from(["1s", "1m", "15m", "1h", "1d"]))
def test_a_time_lies_within_the_bar_that_it_opens(ts_ns: int, timeframe: str) -> None:
    opened = open_time_of(ts_ns, timeframe)
    assert opened <= ts_ns < opened + timeframe_ns(timeframe)
    assert open_time_of(opened, timeframe) == opened


def test_an_instrument_reads_back_from_its_text() -> None:
    perpetual = InstrumentId("BTC/USDT:USDT", "binance_usdm")
    assert InstrumentId.parse(str(perpetual)) == perpetual


@pytest.mark.parametrize("text", ["", "BTC/USDT", "@binance", "BTC/USDT@"])
def test_what_is_no_instrument_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UnknownInstrument, match="BTC/USDT@binance"):
        InstrumentId.parse(text)


def test_a_symbol_splits_into_its_currencies() -> None:
    assert split_symbol("BTC/USDT:USDT") == ("BTC", "USDT")
    with pytest.raises(UnknownInstrument, match="BTC/USDT"):
        split_symbol("BTCUSDT")


def test_a_manual_clock_moves_only_when_told() -> None:
    clock = ManualClock(5)
    clock.advance(3)
    assert clock.now_ns() == 8
    clock.set(1)
    assert clock.now_ns() == 1
    assert SystemClock().now_ns() > 1_700_000_000 * NS_PER_S


def test_a_plugin_file_without_its_constant_is_named_with_what_to_add(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "toys_for_a_test"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "good.py").write_text("TOY = 1\n")
    (package / "_private.py").write_text("raise AssertionError\n")
    monkeypatch.syspath_prepend(tmp_path)
    toys = importlib.import_module("toys_for_a_test")

    assert discover(toys, "TOY", int) == {"good": 1}
    (package / "bad.py").write_text("")
    with pytest.raises(BadPlugin, match=r"bad\.py must define TOY = int"):
        discover(toys, "TOY", int)
    del sys.modules["toys_for_a_test"]
