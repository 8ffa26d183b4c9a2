"""The extra columns of a backtest's frames, with the values that freqtrade 2026.9 gives them."""

from pathlib import Path

import pandas as pd
import pytest

from trading.backtesting.candles.decimal_counts import add_decimal_counts, looks_at_every_column
from trading.strategy_framework.loading.loader import load_strategy

SOURCE = """
from freqtrade.strategy import IStrategy

class Looking(IStrategy):
    timeframe = "1h"
    minimal_roi = {{}}
    stoploss = -0.1

    def populate_indicators(self, dataframe, metadata):
        {line}
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
"""


def candles(opens: list[float]) -> pd.DataFrame:
    dates = pd.date_range("2024-01-01", periods=3, freq="1h", tz="UTC")
    return pd.DataFrame(
        {"date": dates, "open": opens, "high": [2.1, 3.1, 4.1], "low": [0.5, 0.25, 1.1],
         "close": [1.1, 2.1, 3.1], "volume": [1.0, 1.0, 1.0]}
    )  # fmt: skip


def test_each_price_has_its_decimals_counted() -> None:
    frame = candles([1.5, 2.5, 3.125])
    add_decimal_counts(frame)
    assert list(frame.columns[6:]) == ["open_count", "high_count", "low_count", "close_count", "max_count"]
    assert frame["open_count"].tolist() == [1, 1, 3]
    assert frame["max_count"].tolist() == [1, 2, 3]
    assert {str(dtype) for dtype in frame.dtypes.iloc[6:]} == {"int64"}


def test_a_price_without_decimals_has_no_count_and_makes_the_column_a_float() -> None:
    frame = candles([1.0, 2.5, 3.125])
    add_decimal_counts(frame)
    assert frame["open_count"].isna().tolist() == [True, False, False]
    assert str(frame["max_count"].dtype) == "float64"


@pytest.mark.parametrize(
    ("line", "looks"),
    [
        ("x = dataframe.iloc[:, 6:].values", True),
        ("for column in dataframe.columns: pass", True),
        ("dataframe['mean'] = dataframe['close'].rolling(3).mean()", False),
    ],
)
def test_only_strategies_that_look_at_every_column_get_them(
    line: str, *, looks: bool, tmp_path: Path
) -> None:
    path = tmp_path / "Looking.py"
    path.write_text(SOURCE.format(line=line))
    assert looks_at_every_column(load_strategy(path)) is looks
