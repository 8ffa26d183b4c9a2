"""Follow the model: hold while the newest forecast promises more than a round trip costs."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pandas as pd
from freqtrade.strategy import IStrategy

RETURN, PROBABILITY_UP = "forecast_return", "forecast_probability_up"
COSTS = 0.0025
"""Two taker fees of 10 bps, and 5 bps of spread."""
PROBABILITY_MIN = 0.55


class ForecastFollower(IStrategy):
    """Buy when the predicted return exceeds the costs, or a rise is more than 55 % likely.

    Sells on the mirror image. Without a valid forecast it holds what it has and enters nothing:
    a silent model is no opinion. In freqtrade itself there are none, and it never trades.

    It loses when the model does: after a change of regime, until the next training; and it pays
    fees for a confident model whose confidence is not calibrated. With the `last_value` baseline
    (return 0, probability 0.5) it never trades.
    """

    INTERFACE_VERSION = 3
    timeframe = "1m"
    uses_forecasts = True
    stoploss = -0.02
    minimal_roi: ClassVar[Mapping[str, float]] = {"0": 0.03}

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Add what is missing where nobody gives forecasts, as in freqtrade itself."""
        for name in (RETURN, PROBABILITY_UP):
            if name not in dataframe:
                dataframe[name] = float("nan")
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Enter on a promising forecast; a comparison with NaN is false."""
        pays = dataframe[RETURN] > COSTS
        likely = (dataframe[PROBABILITY_UP] > PROBABILITY_MIN) & (dataframe[RETURN] > 0)
        dataframe.loc[pays | likely, "enter_long"] = 1
        dataframe.loc[pays | likely, "enter_tag"] = "forecast_up"
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Exit on a forecast of a fall."""
        falls = dataframe[RETURN] < -COSTS
        likely = (dataframe[PROBABILITY_UP] < 1 - PROBABILITY_MIN) & (dataframe[RETURN] < 0)
        dataframe.loc[falls | likely, "exit_long"] = 1
        dataframe.loc[falls | likely, "exit_tag"] = "forecast_down"
        return dataframe
