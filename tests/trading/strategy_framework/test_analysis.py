"""From candles to signals: the order, the old names, and what a broken strategy is told."""

from pathlib import Path

import pandas as pd
import pytest

from tests.trading.strategy_framework.strategy_files import strategy, walk, write
from trading.strategy_framework.analysis import add_indicators, add_signals, analyze
from trading.strategy_framework.errors import StrategyFailed
from trading.strategy_framework.loading.loader import load_strategy

VERSION_2 = """
def populate_buy_trend(self, dataframe, metadata):
    dataframe.loc[dataframe["close"] > dataframe["open"], ["buy", "buy_tag"]] = (1, "green")
    return dataframe
def populate_sell_trend(self, dataframe, metadata):
    dataframe["sell"] = (dataframe["close"] < dataframe["open"]).astype(int)
    return dataframe
"""


def run(folder: Path, body: str, *, trends: str | None = None, rows: int = 50) -> pd.DataFrame:
    text = strategy(body) if trends is None else strategy(body, trends=trends)
    one = load_strategy(write(folder, text))
    return analyze(one, walk(rows), {"pair": "ETH/USDT"})


def trends(entry: str = "pass", leave: str = "pass") -> str:
    return (
        f"def populate_entry_trend(self, dataframe, metadata):\n    {entry}\n    return dataframe\n"
        f"def populate_exit_trend(self, dataframe, metadata):\n    {leave}\n    return dataframe\n"
    )


def test_the_methods_run_in_their_order_on_a_copy(tmp_path: Path) -> None:
    body = "def populate_indicators(self, dataframe, metadata): return dataframe.assign(x=metadata['pair'])"
    candles = walk(20)
    one = load_strategy(write(tmp_path, strategy(body, trends=trends("dataframe['enter_long'] = 1"))))
    frame = analyze(one, candles, {"pair": "ETH/USDT"})
    assert (frame["x"] == "ETH/USDT").all()
    assert (frame["enter_long"] == 1).all()
    assert list(candles.columns) == ["date", "open", "high", "low", "close", "volume"]


def test_indicators_and_signals_can_be_had_apart(tmp_path: Path) -> None:
    one = load_strategy(write(tmp_path, strategy("pass")))
    frame = add_indicators(one, walk(20), {"pair": "ETH/USDT"})
    assert "enter_tag" not in frame
    assert list(add_signals(one, frame, {"pair": "ETH/USDT"})["enter_tag"]) == [""] * 20


def test_version_2_methods_and_columns_are_read_as_present_ones(tmp_path: Path) -> None:
    frame = run(tmp_path, "pass", trends=VERSION_2)
    green = (frame["close"] > frame["open"]).to_numpy()
    assert list(frame["enter_long"] == 1) == list(green)
    assert frame["exit_long"].sum() == (~green).sum()
    assert "buy" not in frame


def test_two_entry_tags_come_of_a_version_2_tag_as_in_freqtrade(tmp_path: Path) -> None:
    tags = run(tmp_path, "pass", trends=VERSION_2).loc[:, "enter_tag"]
    assert isinstance(tags, pd.DataFrame)
    assert set(tags.iloc[:, 0]) == {""}
    assert "green" in set(tags.iloc[:, 1])


def test_a_present_column_beats_an_old_one(tmp_path: Path) -> None:
    frame = run(tmp_path, "pass", trends=trends("dataframe['buy'] = 1; dataframe['enter_long'] = 0"))
    assert frame["enter_long"].sum() == 0


def test_a_version_2_method_can_call_its_parents(tmp_path: Path) -> None:
    child = """

class Child(Mine):
    def populate_buy_trend(self, dataframe, metadata):
        dataframe = super().populate_buy_trend(dataframe, metadata)
        dataframe["buy"] = 0
        return dataframe
"""
    one = load_strategy(write(tmp_path, strategy("pass", trends=VERSION_2) + child), "Child")
    assert analyze(one, walk(30), {"pair": "ETH/USDT"})["enter_long"].sum() == 0


@pytest.mark.parametrize(
    ("body", "own_trends", "said"),
    [
        (
            "def populate_indicators(self, dataframe, metadata): return dataframe.iloc[5:]",
            None,
            "populate_indicators of Mine on ETH/USDT: the dataframe came back with 45 rows instead of 50",
        ),
        (
            "pass",
            trends("dataframe = dataframe.dropna().head(3)"),
            "populate_entry_trend .* 3 rows instead of 50",
        ),
        ("pass", trends("pass", "dataframe = dataframe[::-1]"), "populate_exit_trend .* another last candle"),
        (
            "def populate_indicators(self, dataframe, metadata): return dataframe[['open']]",
            None,
            "came back without date, close",
        ),
        (
            "def populate_indicators(self, dataframe, metadata): dataframe['x'] = 1",
            None,
            "must return the dataframe; it returned NoneType",
        ),
        (
            "pass",
            trends("dataframe['x'] = dataframe['rsi']"),
            r"raised KeyError: 'rsi' \(is that a column of the dataframe\?\) \(mine\.py, line 8\)",
        ),
    ],
)
def test_a_broken_frame_is_named_with_its_method_pair_and_line(
    tmp_path: Path, body: str, own_trends: str | None, said: str
) -> None:
    with pytest.raises(StrategyFailed, match=said):
        run(tmp_path, body, trends=own_trends)


def test_checks_can_be_turned_off(tmp_path: Path) -> None:
    body = """
    disable_dataframe_checks = True
    def populate_indicators(self, dataframe, metadata): return dataframe.iloc[5:].copy()
    """
    assert len(run(tmp_path, body)) == 45
