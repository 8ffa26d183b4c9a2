"""Other venues' closes as columns of a candle frame, for strategies that compare venues.

Live host and backtest join them with this one function: the close of the same candle, and NaN where
a venue has none of it, or traded nothing in it. Nothing is carried forward, since a price that
stands still is not a price.
"""

from collections.abc import Mapping

import pandas as pd

PREFIX = "venue_close_"


def join_venue_closes(candles: pd.DataFrame, others: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the candles with a column `venue_close_<venue>` for each of the `others`, by name.

    `others` are candles of the same symbol and timeframe at other venues.
    """
    columns = {
        f"{PREFIX}{venue}": candles["date"].map(_traded(frame)).astype("float64")
        for venue, frame in sorted(others.items())
    }
    return candles.assign(**columns)


def _traded(frame: pd.DataFrame) -> "pd.Series[float]":
    return frame.loc[frame["volume"] > 0].set_index("date")["close"]
