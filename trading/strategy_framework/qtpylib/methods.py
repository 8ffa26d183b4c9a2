"""qtpylib's functions as methods of pandas' objects: `dataframe["close"].crossed_above(line)`.

qtpylib gives them to pandas for the whole process as soon as it is imported, and strategies use them;
so do we, when the first strategy imports it. A method hides a column of its name from attribute
access (`dataframe.rsi`), there as here.
"""

from pandas.core.base import PandasObject

from trading.strategy_framework import qtpylib

_NO_METHODS = {"awesome_oscillator", "nans", "numpy_rolling_mean", "numpy_rolling_std"}
"""What qtpylib offers as functions only."""
_OTHER_NAMES = {"ema": "wma", "zlwma": "zlema"}


def add_to_pandas() -> None:
    """Give pandas' objects the methods, once."""
    own_names = {name: name for name in qtpylib.__all__ if name not in _NO_METHODS}
    for method, function in (own_names | _OTHER_NAMES).items():
        setattr(PandasObject, method, getattr(qtpylib, function))
