"""Madrid's coloured ribbons (TradingView scripts by Madrid, 2014 and 2015)."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trading.strategy_framework.technical.functions import plain

_PERIODS = (5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)


def mmar(
    dataframe: pd.DataFrame,
    matype: str = "EMA",
    src: str = "close",
    debug: bool = False,  # noqa: FBT001, FBT002  # the original's signature
) -> tuple[pd.Series, ...]:
    """Return the colours of the lead and of the averages of 10, 20 … 90, and add all that they rest on.

    Lime: up. Maroon: an up trend that turns. Red: down. Green: a down trend that turns. Grey: too few
    candles.
    """
    del debug
    average = plain.SMA if matype.lower() == "sma" else plain.EMA
    for period in _PERIODS:
        dataframe[f"ma{period:02d}"] = average(dataframe[src], period)
        dataframe[f"ma{period:02d}l"] = dataframe[f"ma{period:02d}"].shift()
    dataframe["leadMA"] = _colour(dataframe, "ma05")
    for period in _PERIODS[1:-1]:
        dataframe[f"ma{period}_c"] = _colour(dataframe, f"ma{period}")
    return (dataframe["leadMA"], *(dataframe[f"ma{period}_c"] for period in _PERIODS[1:-1]))


def madrid_sqz(
    datafame: pd.DataFrame,
    length: int = 34,
    src: str = "close",
    ref: int = 13,
    sqzLen: int = 5,  # noqa: N803
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return the colours of the close, the reference and the squeeze around an average, and add them."""
    frame = datafame
    frame["sqz_ma"] = plain.EMA(frame[src], length)
    frame["sqz_cma"] = frame["close"] - frame["sqz_ma"]
    frame["sqz_rma"] = plain.EMA(frame[src], ref) - frame["sqz_ma"]
    frame["sqz_sma"] = plain.EMA(frame[src], sqzLen) - frame["sqz_ma"]
    close, reference = frame["sqz_cma"], frame["sqz_rma"]
    pauses = ((reference >= 0) & (close < reference)) | ((reference < 0) & (close > reference))
    frame["sqz_cma_c"] = np.where(close >= 0, "aqua", "fuchsia")
    frame["sqz_sma_c"] = np.where(frame["sqz_sma"] >= 0, "lime", "red")
    frame["sqz_rma_c"] = np.where(pauses, "yellow", np.where(reference >= 0, "green", "maroon"))
    return frame["sqz_cma_c"], frame["sqz_rma_c"], frame["sqz_sma_c"]


def _colour(frame: pd.DataFrame, name: str) -> npt.NDArray[Any]:
    change, slow = frame[name] - frame[f"{name}l"], frame["ma100"]
    above, below = frame[name] > slow, frame[name] < slow
    return np.select(
        [(change >= 0) & above, (change < 0) & above, (change <= 0) & below, (change >= 0) & below],
        ["lime", "maroon", "red", "green"],
        "grey",
    )
