"""A freqtrade data folder is read as freqtrade reads it, and what is odd in it is said."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trading.backtesting.data.candle_folders import START, candle_table, store
from trading.backtesting.data.columns import from_frame
from trading.backtesting.data.files.writing import merge_candles, stored_candles, write_candles
from trading.backtesting.data.hashing import data_hash
from trading.backtesting.data.remarks import Oddity
from trading.backtesting.data.stores.folder import FolderStore
from trading.backtesting.data.stores.memory import MemoryStore
from trading.backtesting.data.time_range import parse_time_range
from trading.backtesting.errors import BadCandles, BadConfig, NoCandles, NotWritten
from trading.strategy_framework.candles.times import timeframe_to_seconds

FORMATS = ("feather", "parquet", "json", "json.gz")
PAIR = "BTC/USDT"


def oddities(folder_store: FolderStore) -> dict[Oddity, int]:
    return {remark.oddity: remark.count for remark in folder_store.remarks}


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_gives_the_same_candles(tmp_path: Path, ending: str) -> None:
    table = candle_table(300)
    store(table, tmp_path / f"BTC_USDT-5m.{ending}")
    read = FolderStore(tmp_path).candles(PAIR, "5m")
    assert str(read["date"].dtype) == "datetime64[ms, UTC]"
    pd.testing.assert_frame_equal(read, table.assign(date=table["date"].dt.as_unit("ms")), rtol=1e-15)


def test_pairs_and_types_are_told_from_file_names(tmp_path: Path) -> None:
    table = candle_table(3)
    for name in (
        "BTC_USDT-5m.feather",
        "ETH_BTC-1h.json.gz",
        "BTC_USDT-trades.feather",
        "notes.txt",
        "futures/BTC_USDT_USDT-1h-mark.feather",
        "futures/BTC_USDT_USDT-5m-futures.feather",
        "ADA_USDT-1Mo.feather",
    ):
        store(table, tmp_path / name) if name.endswith(("feather", "gz")) else (tmp_path / name).touch()
    found = {(file.pair, file.timeframe, file.candle_type) for file in FolderStore(tmp_path).files()}
    assert found == {
        ("BTC/USDT", "5m", "spot"),
        ("ETH/BTC", "1h", "spot"),
        ("BTC/USDT:USDT", "1h", "mark"),
        ("BTC/USDT:USDT", "5m", "futures"),
        ("ADA/USDT", "1M", "spot"),
    }
    assert FolderStore(tmp_path).pairs("5m") == ["BTC/USDT", "BTC/USDT:USDT"]
    assert len(FolderStore(tmp_path).candles("BTC/USDT:USDT", "5m", "futures")) == 3


def test_a_gap_is_filled_with_flat_candles_and_counted(tmp_path: Path) -> None:
    table = candle_table(100)
    store(table.drop([10, 11, 12, 50]), tmp_path / "BTC_USDT-5m.feather")
    folder = FolderStore(tmp_path)
    read = folder.candles(PAIR, "5m")
    assert len(read) == 100
    flat = read.iloc[12]
    assert (flat["open"], flat["high"], flat["low"], flat["close"]) == (table["close"][9],) * 4
    assert flat["volume"] == 0
    assert oddities(folder) == {Oddity.GAPS: 4}
    said = str(folder.remarks[0])
    assert "4 5m candles missing of 100 in 2 places" in said
    assert "first after 2024-01-01 00:45" in said
    assert str(tmp_path / "BTC_USDT-5m.feather") in said


def test_candles_of_one_time_are_joined_and_told(tmp_path: Path) -> None:
    table = candle_table(20)
    again = table.iloc[[5]].assign(open=1.0, high=500.0, low=0.5, close=7.0, volume=9999.0)
    store(pd.concat([table, again]), tmp_path / "BTC_USDT-5m.feather")
    folder = FolderStore(tmp_path)
    joined = folder.candles(PAIR, "5m").iloc[5]
    assert (joined["open"], joined["close"]) == (table["open"][5], 7.0)
    assert (joined["high"], joined["low"], joined["volume"]) == (500.0, 0.5, 9999.0)
    assert oddities(folder)[Oddity.DUPLICATES] == 1
    assert "2024-01-01 00:25" in " ".join(map(str, folder.remarks))


def test_unsorted_candles_are_sorted_and_told(tmp_path: Path) -> None:
    table = candle_table(50)
    store(table.iloc[::-1], tmp_path / "BTC_USDT-5m.parquet")
    folder = FolderStore(tmp_path)
    assert folder.candles(PAIR, "5m")["close"].tolist() == table["close"].tolist()
    assert oddities(folder) == {Oddity.UNSORTED: 49}


def test_senseless_prices_are_told_and_kept(tmp_path: Path) -> None:
    table = candle_table(10)
    table.loc[4, "high"] = 1.0
    store(table, tmp_path / "BTC_USDT-5m.feather")
    folder = FolderStore(tmp_path)
    assert folder.candles(PAIR, "5m")["high"][4] == 1.0
    assert "1 candle of senseless prices, first 2024-01-01 00:20" in str(folder.remarks[0])


def test_candles_beside_the_grid_fall_into_the_candle_that_holds_them(tmp_path: Path) -> None:
    table = candle_table(10)
    table["date"] += pd.Timedelta(seconds=7)
    store(table, tmp_path / "BTC_USDT-5m.feather")
    folder = FolderStore(tmp_path)
    assert folder.candles(PAIR, "5m")["date"][0] == START
    assert oddities(folder) == {Oddity.OFF_GRID: 10}


@pytest.mark.parametrize("ending", FORMATS)
def test_a_file_that_is_cut_off_is_named(tmp_path: Path, ending: str) -> None:
    path = store(candle_table(5000), tmp_path / f"BTC_USDT-5m.{ending}")
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(BadCandles, match=rf"BTC_USDT-5m.{ending} can't be read: it is cut off"):
        FolderStore(tmp_path).candles(PAIR, "5m")


def test_a_file_without_a_column_is_named(tmp_path: Path) -> None:
    store(candle_table(5).drop(columns="close"), tmp_path / "BTC_USDT-5m.feather")
    with pytest.raises(BadCandles, match="lacks the column close; it has: date, open, high, low, volume"):
        FolderStore(tmp_path).candles(PAIR, "5m")
    store(candle_table(5).drop(columns="close"), tmp_path / "ETH_USDT-5m.json")
    with pytest.raises(BadCandles, match="has rows of 5 numbers; rows of time in ms, open"):
        FolderStore(tmp_path).candles("ETH/USDT", "5m")


def test_columns_that_hold_no_numbers_or_times_are_named(tmp_path: Path) -> None:
    store(candle_table(5).assign(close="much"), tmp_path / "BTC_USDT-5m.feather")
    with pytest.raises(BadCandles, match=r"the column close holds .*string, not numbers"):
        FolderStore(tmp_path).candles(PAIR, "5m")
    store(candle_table(5).assign(date="today"), tmp_path / "ETH_USDT-5m.feather")
    with pytest.raises(BadCandles, match=r"the column date holds .*string or blanks, not times"):
        FolderStore(tmp_path).candles("ETH/USDT", "5m")


def test_the_range_has_both_its_ends_and_starts_where_candles_start(tmp_path: Path) -> None:
    store(candle_table(1000).drop(range(280, 300)), tmp_path / "BTC_USDT-5m.feather")
    folder = FolderStore(tmp_path)
    read = folder.candles(PAIR, "5m", timerange=parse_time_range("20240102-20240103"))
    assert read["date"].iloc[0] == START + pd.Timedelta(minutes=5 * 300)  # the gap before is not filled
    assert read["date"].iloc[-1] == pd.Timestamp("2024-01-03", tz="UTC")
    assert len(folder.candles(PAIR, "5m", timerange=parse_time_range("20300101-"))) == 0


def test_candles_that_end_before_the_range_does_are_told(tmp_path: Path) -> None:
    store(candle_table(100), tmp_path / "BTC_USDT-5m.feather")
    folder = FolderStore(tmp_path)
    folder.candles(PAIR, "5m", timerange=parse_time_range("20231201-20240301"))
    said = " ".join(map(str, folder.remarks))
    assert "starts at 2024-01-01 00:00, after 2023-12-01 00:00" in said
    assert "ends at 2024-01-01 08:15, before 2024-03-01 00:00" in said


def test_funding_rates_are_read_in_both_shapes_and_not_filled(tmp_path: Path) -> None:
    table = candle_table(9, "8h").drop(4)
    late = table.assign(date=table["date"] + pd.Timedelta(milliseconds=3))
    store(late, tmp_path / "futures/BTC_USDT_USDT-8h-funding_rate.feather")
    rates = late[["date", "open"]].rename(columns={"open": "funding_rate"})
    store(rates, tmp_path / "futures/ETH_USDT_USDT-8h-funding_rate.feather")
    folder = FolderStore(tmp_path)
    for pair in ("BTC/USDT:USDT", "ETH/USDT:USDT"):
        read = folder.candles(pair, "8h", "funding_rate")
        assert list(read.columns) == ["date", "funding_rate", "open"]
        assert len(read) == 8
        assert read["date"][0] == START
        assert read["funding_rate"].tolist() == table["open"].tolist()


def test_a_pair_that_is_not_there_gives_no_candles(tmp_path: Path) -> None:
    store(candle_table(5), tmp_path / "BTC_USDT-5m.feather")
    assert FolderStore(tmp_path).candles("ETH/USDT", "5m").empty


def test_a_folder_without_candles_says_where_some_are(tmp_path: Path) -> None:
    with pytest.raises(NoCandles, match="there is no data folder"):
        FolderStore(tmp_path / "absent")
    with pytest.raises(
        NoCandles, match=r"holds no candle files such as BTC_USDT-5m.feather; `tidegate download`"
    ):
        FolderStore(tmp_path)
    store(candle_table(5), tmp_path / "data/binance/BTC_USDT-5m.feather")
    with pytest.raises(NoCandles, match=r"but .*data/binance does: name that"):
        FolderStore(tmp_path)
    with pytest.raises(BadConfig, match="'hdf5' is none of feather"):
        FolderStore(tmp_path, "hdf5")


def test_what_is_written_is_read_back_and_grows_by_merging(tmp_path: Path) -> None:
    table = candle_table(100)
    first, second = from_frame(table[:60], "spot"), from_frame(table[40:], "spot")
    write_candles(tmp_path, PAIR, "5m", "spot", first)
    stored = stored_candles(tmp_path, PAIR, "5m", "spot")
    assert stored is not None
    write_candles(tmp_path, PAIR, "5m", "spot", merge_candles(stored, second))
    read = FolderStore(tmp_path).candles(PAIR, "5m")
    np.testing.assert_array_equal(read["close"], table["close"])
    assert [path.name for path in tmp_path.iterdir()] == ["BTC_USDT-5m.feather"]


def test_a_place_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotWritten, match="can't be written"):
        write_candles(tmp_path / "file", PAIR, "5m", "spot", from_frame(candle_table(3), "spot"))


def test_the_hash_tells_candles_apart_but_not_their_order_or_origin(tmp_path: Path) -> None:
    one, other = candle_table(50), candle_table(50, seed=2)
    store(one, tmp_path / "BTC_USDT-5m.feather")
    from_disk = FolderStore(tmp_path).candles(PAIR, "5m")
    reference = data_hash({(PAIR, "5m"): one, ("ETH/USDT", "5m"): other})
    assert data_hash({("ETH/USDT", "5m"): other, (PAIR, "5m"): from_disk.assign(ema=1)}) == reference
    one.loc[3, "close"] += 1e-12
    assert data_hash({(PAIR, "5m"): one, ("ETH/USDT", "5m"): other}) != reference


def test_candles_in_memory_join_into_longer_ones() -> None:
    frame = candle_table(120, "1min")
    memory = MemoryStore({(PAIR, "1m", "spot"): frame})
    hours = memory.candles(PAIR, "1h")
    assert hours["volume"].tolist() == pytest.approx([frame["volume"][:60].sum(), frame["volume"][60:].sum()])
    assert memory.pairs("5m") == [PAIR]
    assert memory.candles("ETH/USDT", "1m").empty
    with pytest.raises(BadCandles, match="lacks volume"):
        MemoryStore({(PAIR, "1m", "spot"): frame.drop(columns="volume")})
    with pytest.raises(BadCandles, match="not times with a time zone"):
        MemoryStore({(PAIR, "1m", "spot"): frame.assign(date=frame["date"].dt.tz_localize(None))})


@given(
    st.lists(st.integers(0, 300), min_size=1, max_size=80), st.sampled_from(["1m", "5m", "15m", "4h", "1d"])
)
@settings(deadline=None, max_examples=60)
def test_any_heap_of_candles_comes_out_as_pandas_would_put_it(minutes: list[int], timeframe: str) -> None:
    table = candle_table(len(minutes), "1min")
    step = pd.Timedelta(seconds=timeframe_to_seconds(timeframe))
    table["date"] = START + pd.to_timedelta(minutes, unit="s") * step.total_seconds()
    read = MemoryStore({(PAIR, timeframe, "spot"): table}).candles(PAIR, timeframe)
    joined = table.groupby("date", as_index=False).agg(
        {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "max"}
    )
    grid = joined.set_index("date").asfreq(step)
    grid["close"] = grid["close"].ffill()
    for name in ("open", "high", "low"):
        grid[name] = grid[name].fillna(grid["close"])
    expected = grid.fillna({"volume": 0.0}).reset_index()
    for name in ("open", "high", "low", "close", "volume"):
        np.testing.assert_array_equal(read[name], expected[name])
    assert (read["date"].reset_index(drop=True) == expected["date"]).all()
