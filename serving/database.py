"""The forecast service's one connection to PostgreSQL: bars in, forecasts out.

The connection is opened when it is first needed, and again after a failure; in between, each
failure is one `Unavailable`.
"""

from collections.abc import Callable
from typing import TypeVar

import psycopg

from runtime.errors import Unavailable
from runtime.postgres import Connection, connect, first_line
from runtime.settings import CoreSettings
from serving import bar_store, forecast_log
from serving.bar_store import NewestBars
from serving.forecaster import Forecast

T = TypeVar("T")


class ForecastDatabase:
    """Bars of the configured venues, and the table of forecasts. One thread at a time."""

    def __init__(self, settings: CoreSettings) -> None:
        self._settings = settings
        self._connection: Connection | None = None

    def newest_open_time(self, symbol: str) -> int | None:
        """Return the open time of a symbol's newest bar, nanoseconds UTC.

        Raises:
            Unavailable: the database does not answer.
        """
        return self._run(lambda opened: bar_store.newest_open_time(opened, symbol, self._settings.venues))

    def newest(self, symbol: str, bars_needed: int, bars_max: int) -> NewestBars | None:
        """Return a symbol's newest bars of the first venue that has `bars_needed`.

        Raises:
            Unavailable: the database does not answer.
        """
        venues = self._settings.venues
        return self._run(lambda opened: bar_store.read_newest(opened, symbol, venues, bars_needed, bars_max))

    def record(self, forecast: Forecast) -> None:
        """Insert a forecast that was given.

        Raises:
            Unavailable: the database does not answer.
        """
        self._run(lambda opened: forecast_log.write_forecast(opened, forecast))

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _run(self, work: Callable[[Connection], T]) -> T:
        if self._connection is None:
            self._connection = connect(self._settings, autocommit=True, name="tidegate-forecasts")
        try:
            return work(self._connection)
        except psycopg.OperationalError as error:
            self.close()
            raise Unavailable(f"the database does not answer: {first_line(error)}") from error
        except psycopg.errors.UndefinedTable as error:
            raise Unavailable("the database has no tables yet; run `tidegate migrate`") from error
