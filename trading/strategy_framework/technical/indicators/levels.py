"""Clouds, levels and counts."""

import numpy as np
import pandas as pd

_FIBONACCI = np.array([0.0, 0.236, 0.382, 0.5, 0.618, 0.786, 1.0])
_TD_COMPARED = 4
_TD_COUNT_MAX = 9


def ichimoku(
    dataframe: pd.DataFrame,
    conversion_line_period: int = 9,
    base_line_periods: int = 26,
    laggin_span: int = 52,
    displacement: int = 26,
) -> dict[str, pd.Series]:
    """Return the lines and the colour of the Ichimoku cloud.

    `chikou_span` looks into the future, and the `leading_` spans are not yet moved ahead.
    """

    def middle(window: int) -> pd.Series:
        highest = dataframe["high"].rolling(window=window).max()
        lowest: pd.Series = dataframe["low"].rolling(window=window).min()
        return (highest + lowest) / 2

    tenkan, kijun = middle(conversion_line_period), middle(base_line_periods)
    leading_a, leading_b = (tenkan + kijun) / 2, middle(laggin_span)
    span_a, span_b = leading_a.shift(displacement - 1), leading_b.shift(displacement - 1)
    return {
        "tenkan_sen": tenkan,
        "kijun_sen": kijun,
        "senkou_span_a": span_a,
        "senkou_span_b": span_b,
        "leading_senkou_span_a": leading_a,
        "leading_senkou_span_b": leading_b,
        "chikou_span": dataframe["close"].shift(-displacement + 1),
        "cloud_green": span_a > span_b,
        "cloud_red": span_b > span_a,
    }


def fibonacci_retracements(df: pd.DataFrame, field: str = "close", window: int = 120) -> pd.Series:
    """Return the Fibonacci level that each value exceeds in the range of the window.

    A window of 0 takes the range of the whole frame, which looks into the future.
    """
    values = df[field]
    if window:
        moving = values.rolling(window=window, min_periods=window)
        low, high = moving.min(), moving.max()
    else:
        low, high = values.min(), values.max()
    place = (values - low) / (high - low)
    level = np.searchsorted(_FIBONACCI, place.to_numpy(), side="right") - 1
    steps = np.where(place.isna(), np.nan, _FIBONACCI[level.clip(0)])
    return pd.Series(steps, index=place.index, name=place.name)


def return_on_investment(dataframe: pd.DataFrame, decimals: int = 2) -> pd.DataFrame:
    """Add `roi`: the change in percent since the last candle with `buy` at 1, 0 before the first."""
    bought = (dataframe["buy"] == 1).to_numpy()
    close = dataframe["close"].to_numpy()
    since = np.maximum.accumulate(np.where(bought, np.arange(len(close)), -1))
    change = np.round(100.0 * (close / close[since] - 1.0), decimals)
    dataframe["roi"] = np.where(since < 0, 0.0, change)
    return dataframe


def td_sequential(dataframe: pd.DataFrame) -> pd.DataFrame:
    """Add `TD_count`: Tom DeMark's count of closes above (or, negative, below) that four before."""
    traded = dataframe["volume"] > 0
    before = dataframe["close"].shift(_TD_COMPARED)
    ups, up_runs = _td_counts((dataframe["close"] > before)[traded], dataframe.index)
    downs, down_runs = _td_counts((dataframe["close"] < before)[traded], dataframe.index)
    count = downs - ups
    count = count.where(up_runs <= _TD_COUNT_MAX, up_runs % _TD_COUNT_MAX)
    count = count.where(down_runs <= _TD_COUNT_MAX, -(down_runs % _TD_COUNT_MAX))
    dataframe.loc[:, "TD_count"] = count
    return dataframe


def _td_counts(holds: pd.Series, index: pd.Index) -> tuple[pd.Series, pd.Series]:
    """Return the place since every tenth candle of a group, and within the candles between those."""
    numbers = pd.Series(0, index=index)
    place = numbers.groupby(holds.cumsum()).cumcount()
    is_tenth = place % 10 == 0
    return (
        numbers.groupby(is_tenth.cumsum()).cumcount(),
        numbers.groupby((~is_tenth).cumsum()).cumcount(),
    )
