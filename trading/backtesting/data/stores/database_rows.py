"""Candles and forecasts of a period from the database that the streaming flows fill."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import psycopg

from runtime.errors import Unavailable
from runtime.postgres import connect, first_line
from runtime.settings import CoreSettings
from trading.backtesting.data.files.table_file import checked_candles
from trading.backtesting.errors import BadCandles
from trading.strategy_framework.candles.forecasts import KnownForecast
from trading.strategy_framework.candles.frames import COLUMNS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_BARS = """
    SELECT open_time, open::float8, high::float8, low::float8, close::float8, volume::float8 FROM bars
    WHERE venue = %s AND symbol = %s AND timeframe = %s AND open_time >= %s AND open_time < %s
    ORDER BY open_time
"""
_FORECASTS = """
    SELECT DISTINCT ON (bar_close_time) bar_close_time, horizon_s, predicted_return, probability_up
    FROM forecasts WHERE symbol = %s AND bar_close_time >= %s AND bar_close_time < %s
    ORDER BY bar_close_time, made_at DESC
"""


def candles_from_database(
    settings: CoreSettings, *, venue: str, symbol: str, since: datetime, until: datetime
) -> pd.DataFrame:
    """Return the one-minute candles that opened in [since, until).

    Raises:
        BadCandles: there are none.
        Unavailable: the database does not answer.
    """
    candles = bars_from_database(
        settings, venue=venue, symbol=symbol, timeframe="1m", since=since, until=until
    )
    if candles.empty:
        raise BadCandles(f"the database has no bars of {symbol}@{venue} from {since} to {until}")
    return candles


def bars_from_database(
    settings: CoreSettings, *, venue: str, symbol: str, timeframe: str, since: datetime, until: datetime
) -> pd.DataFrame:
    """Return the bars of a timeframe that opened in [since, until); an empty frame where none were kept.

    Raises:
        BadCandles: a bar makes no sense.
        Unavailable: the database does not answer.
    """
    rows = _fetch(settings, _BARS, (venue, symbol, timeframe, since, until))
    candles = pd.DataFrame(rows, columns=list(COLUMNS))
    candles["date"] = pd.to_datetime(candles["date"], utc=True)
    return checked_candles(candles.astype(dict.fromkeys(COLUMNS[1:], "float64")), f"{symbol}@{venue}")


def forecasts_from_database(
    settings: CoreSettings, *, symbol: str, since: datetime, until: datetime
) -> list[KnownForecast]:
    """Return the forecasts that were really given in the period, the last word on each bar.

    Raises:
        Unavailable: the database does not answer.
    """
    return [
        KnownForecast(
            bar_close_ns=(closed - EPOCH) // timedelta(microseconds=1) * 1000,
            horizon_s=horizon_s,
            predicted_return=predicted_return,
            probability_up=probability_up,
        )
        for closed, horizon_s, predicted_return, probability_up in _fetch(
            settings, _FORECASTS, (symbol, since, until)
        )
    ]


def _fetch(settings: CoreSettings, query: str, parameters: tuple[object, ...]) -> list[tuple[Any, ...]]:
    try:
        with connect(settings, autocommit=True, name="tidegate-backtest") as connection:
            return connection.execute(query.encode(), parameters).fetchall()
    except psycopg.OperationalError as error:
        raise Unavailable(f"the database does not answer: {first_line(error)}") from error
