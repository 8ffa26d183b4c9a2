"""Lines that follow a trend and flip to its other side."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trading.strategy_framework.technical.functions import ta
from trading.strategy_framework.technical.indicators.averages import vwma
from trading.strategy_framework.technical.indicators.momentum import VIDYA

_AVERAGES = {1: ta.EMA, 2: ta.DEMA, 9: ta.DEMA, 3: ta.T3, 4: ta.SMA, 6: ta.TEMA}
_VIDYA, _WMA, _VWMA = 5, 7, 8


def supertrend(
    dataframe: pd.DataFrame, period: int = 10, multiplier: float = 3
) -> tuple[npt.NDArray[np.float64], npt.NDArray[Any]]:
    """Return the line and its direction (`up`, `down`, or nothing before the first)."""
    close = dataframe["close"].to_numpy()
    ranges = ta.TRANGE(dataframe["high"], dataframe["low"], dataframe["close"])
    width = multiplier * pd.Series(ranges).rolling(period).mean().to_numpy()
    middle = (dataframe["high"].to_numpy() + dataframe["low"].to_numpy()) / 2
    upper, lower = _final_bands(middle + width, middle - width, close, period)
    line = _flipping_line(upper, lower, close, period)
    nothing: Any = None
    return line, np.where(line > 0, np.where(close < line, "down", "up"), nothing)


def PMAX(  # noqa: N802  # the original's signature
    dataframe: pd.DataFrame,
    period: int = 10,
    multiplier: float = 3,
    length: int = 12,
    MAtype: int = 1,  # noqa: N803
    src: int = 1,
) -> pd.DataFrame:
    """Return a copy with `ATR_…`, `pm_…` (the line) and `pmX_…` (`up`, `down` or `nan`).

    The line runs beside an average: MAtype 1 EMA, 2 and 9 DEMA, 3 T3, 4 SMA, 5 VIDYA, 6 TEMA, 7 WMA,
    8 VWMA; of src 1 the close, 2 the middle, 3 the mean of all four prices.

    Raises:
        ValueError: an MAtype or src of which there is none.
    """
    average = np.asarray(_pmax_average(dataframe, length, MAtype, src), dtype=np.float64)
    ranges = ta.ATR(dataframe, timeperiod=period)
    width = multiplier * np.asarray(ranges)
    upper, lower = _final_bands(average + width, average - width, average, period)
    line = _flipping_line(upper, lower, average, period)
    ending = f"{period}_{multiplier}_{length}_{MAtype}"
    result = dataframe.copy()
    result[f"ATR_{period}"] = ranges.fillna(0.0)
    result[f"pm_{ending}"] = pd.Series(line, index=dataframe.index).fillna(0.0)
    result[f"pmX_{ending}"] = np.where(line > 0.0, np.where(average < line, "down", "up"), "nan")
    return result


def SSLChannels(  # noqa: N802
    dataframe: pd.DataFrame, length: int = 10, mode: str = "sma"
) -> tuple[pd.Series, pd.Series]:
    """Return the lower and the upper line of ErwinBeckers' channel; they swap when the close crosses.

    Raises:
        ValueError: the mode is neither sma nor ema.
    """
    high: Any
    low: Any
    if mode.lower() == "sma":
        high = dataframe["high"].rolling(length).mean()
        low = dataframe["low"].rolling(length).mean()
    elif mode.lower() == "ema":
        high, low = ta.EMA(dataframe["high"], length), ta.EMA(dataframe["low"], length)
    else:
        raise ValueError(f"Mode {mode} not supported yet")
    close = dataframe["close"]
    side = pd.Series(np.where(close > high, 1, np.where(close < low, -1, np.nan)), index=close.index).ffill()
    return (
        pd.Series(np.where(side < 0, high, low), index=close.index, name="sslDown"),
        pd.Series(np.where(side < 0, low, high), index=close.index, name="sslUp"),
    )


def MADR(  # noqa: N802
    dataframe: pd.DataFrame, length: int = 21, stds_dist: int = 2, matype: str = "sma"
) -> pd.DataFrame:
    """Return a copy with `rate` (percent away from the average), `stdcenter`, `plusdev`, `minusdev`."""
    average = ta.EMA if matype.lower() == "ema" else ta.SMA
    window = length * stds_dist
    rate = ((dataframe["close"] / average(dataframe, timeperiod=length)) * 100) - 100
    center = average(rate, timeperiod=window)
    width = ta.STDDEV(rate, timeperiod=window) * stds_dist
    return dataframe.assign(rate=rate, stdcenter=center, plusdev=center + width, minusdev=center - width)


def _pmax_average(dataframe: pd.DataFrame, length: int, kind: int, source: int) -> Any:
    high, low, close = dataframe["high"], dataframe["low"], dataframe["close"]
    sources = {1: close, 2: (high + low) / 2, 3: (high + low + close + dataframe["open"]) / 4}
    if source not in sources:
        raise ValueError(f"src {source} not supported.")
    if kind in _AVERAGES:
        return _AVERAGES[kind](sources[source], timeperiod=length)
    if kind == _VIDYA:
        return VIDYA(dataframe, length=length)
    if kind == _WMA:
        return ta.WMA(dataframe, timeperiod=length)
    if kind == _VWMA:
        return vwma(dataframe, length)
    raise ValueError(f"MAtype {kind} not supported.")


def _final_bands(
    upper: npt.NDArray[np.float64], lower: npt.NDArray[np.float64], price: npt.NDArray[np.float64], start: int
) -> tuple[list[float], list[float]]:
    """Return bands that only come nearer to the price, until it has crossed them; 0 before `start`."""
    ceilings = floors = [0.0] * min(start, len(price))
    ceilings, floors = list(ceilings), list(floors)
    before = price.tolist()
    for index, (top, bottom) in enumerate(zip(upper.tolist(), lower.tolist(), strict=True)):
        if index < start:
            continue
        ceiling, floor, last = ceilings[-1], floors[-1], before[index - 1]
        ceilings.append(top if top < ceiling or last > ceiling else ceiling)
        floors.append(bottom if bottom > floor or last < floor else floor)
    return ceilings, floors


def _flipping_line(
    ceilings: list[float], floors: list[float], price: npt.NDArray[np.float64], start: int
) -> npt.NDArray[np.float64]:
    """Return the band on the other side of the price; it flips when the price crosses it."""
    line = np.zeros(len(price))
    for index in range(start, len(price)):
        value, ceiling, floor = price[index], ceilings[index], floors[index]
        if line[index - 1] == ceilings[index - 1]:
            line[index] = ceiling if value <= ceiling else floor
        elif line[index - 1] == floors[index - 1]:
            line[index] = floor if value >= floor else ceiling
    return line
