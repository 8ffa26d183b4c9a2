"""Asks the forecast service: soon after each closed bar until its forecast is there, else now and then.

Each new forecast is published to its topic, shown to clients and handed to the
strategies. A silent service means no forecast: strategies that need one hold.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event, Lock, Thread

import structlog

from market.clock import NS_PER_S, Clock
from runtime.errors import Transient
from trading.ports import Forecast, Forecaster
from trading.strategy_framework.candles.forecasts import KnownForecast

POLL_S = 15
CHASE_S = 30
"""How long after a bar's close its forecast is asked for every second."""
REFUSED_PAUSE_S = 5

log = structlog.get_logger()


class ForecastWatch:
    """Knows the newest forecast of each symbol; one thread does the asking."""

    def __init__(
        self,
        forecaster: Forecaster,
        *,
        symbols: Sequence[str],
        clock: Clock,
        newest_close: Callable[[str], int | None],
        on_forecast: Callable[[Forecast], None],
        publish: Callable[[Forecast], None],
        on_failure: Callable[[Exception], None],
    ) -> None:
        self._forecaster = forecaster
        self._symbols = tuple(symbols)
        self._clock = clock
        self._newest_close = newest_close
        self._on_forecast = on_forecast
        self._publish = publish
        self._on_failure = on_failure
        self._known: dict[str, Forecast] = {}
        self._next_ns = dict.fromkeys(symbols, 0)
        self._lock = Lock()
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="forecast-watch", daemon=True)

    def newest(self) -> list[Forecast]:
        """Return the newest forecast of each symbol, in the order of the settings."""
        with self._lock:
            return [self._known[symbol] for symbol in self._symbols if symbol in self._known]

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self, *, timeout_s: float = 3.0) -> None:
        """Stop asking."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def step(self) -> None:
        """Ask for each symbol whose turn it is."""
        for symbol in self._symbols:
            if self._is_due(symbol) and not self._stopped.is_set():
                self._ask(symbol)

    def _run(self) -> None:
        try:
            while not self._stopped.wait(1.0):
                self.step()
        except Exception as error:  # the thread's outermost loop: say it, and let the process end
            log.exception("forecast_watch_failed", code=getattr(error, "code", "unexpected"))
            self._on_failure(error)

    def _is_due(self, symbol: str) -> bool:
        now_ns = self._clock.now_ns()
        if now_ns >= self._next_ns[symbol]:
            return True
        close, known = self._newest_close(symbol), self._known.get(symbol)
        if close is None or known is None or now_ns - close > CHASE_S * NS_PER_S:
            return False
        return moment_ns(known.bar_close_time) < close

    def _ask(self, symbol: str) -> None:
        forecast = self._forecaster.forecast(symbol)
        pause_s = REFUSED_PAUSE_S if forecast is None else POLL_S
        self._next_ns[symbol] = self._clock.now_ns() + pause_s * NS_PER_S
        if forecast is None or not self._is_news(forecast):
            return
        with self._lock:
            self._known[symbol] = forecast
        self._on_forecast(forecast)
        try:
            self._publish(forecast)
        except Transient as error:
            log.warning("forecast_not_published", symbol=symbol, reason=str(error))

    def _is_news(self, forecast: Forecast) -> bool:
        known = self._known.get(forecast.symbol)
        return known is None or (known.bar_close_time, known.model_version) != (
            forecast.bar_close_time,
            forecast.model_version,
        )


def known_forecast(forecast: Forecast) -> KnownForecast:
    """Return what strategies see of a forecast."""
    return KnownForecast(
        bar_close_ns=moment_ns(forecast.bar_close_time),
        horizon_s=forecast.horizon_s,
        predicted_return=forecast.predicted_return,
        probability_up=forecast.probability_up,
    )


def moment_ns(text: str) -> int:
    """Read an RFC 3339 time as nanoseconds, to the millisecond."""
    return round(datetime.fromisoformat(text).timestamp() * 1000) * 1_000_000
