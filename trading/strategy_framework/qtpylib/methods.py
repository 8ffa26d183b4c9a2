"""qtpylib's functions as methods of pandas' objects: `dataframe["close"].crossed_above(line)`.

qtpylib gives them to pandas for the whole process as soon as it is imported, and strategies use them;
so do we, when the first strategy imports it. A method hides a column of its name from attribute
access (`dataframe.rsi`), there as here.
"""

from pandas.core.base import PandasObject

from trading.strategy_framework import qtpylib

_NAMES = (
    "atr",
    "bollinger_bands",
    "cci",
    "chopiness",
    "crossed",
    "crossed_above",
    "crossed_below",
    "heikinashi",
    "hma",
    "hull_moving_average",
    "ibs",
    "implied_volatility",
    "keltner_channel",
    "log_returns",
    "macd",
    "mid_price",
    "pvt",
    "returns",
    "roc",
    "rolling_max",
    "rolling_mean",
    "rolling_min",
    "rolling_std",
    "rolling_vwap",
    "rolling_weighted_mean",
    "rsi",
    "session",
    "sma",
    "stoch",
    "tdi",
    "true_range",
    "typical_price",
    "vwap",
    "weighted_bollinger_bands",
    "wma",
    "zlema",
    "zlhma",
    "zlma",
    "zlsma",
    "zscore",
)
_OTHER_NAMES = {"ema": "wma", "zlwma": "zlema"}


def add_to_pandas() -> None:
    """Give pandas' objects the methods, once."""
    for name in _NAMES:
        setattr(PandasObject, name, getattr(qtpylib, name))
    for name, function in _OTHER_NAMES.items():
        setattr(PandasObject, name, getattr(qtpylib, function))
