"""Forecasts over HTTP; the forecast service keeps the record of what it said.

The model server may be down, slow or without a model: then there is no forecast, and strategies that
need one hold. Nothing here raises for that.
"""

import math
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Self

import httpx
import msgspec
import structlog

from trading.adapters.telemetry import FORECAST_REQUESTS
from trading.ports import Forecast

REASON_LENGTH_MAX = 200

log = structlog.get_logger(__name__)

_decoder = msgspec.json.Decoder(Forecast)


class ForecastClient:
    """Asks the forecast service; safe from several threads."""

    def __init__(self, base_url: str, *, timeout_s: float = 2.0) -> None:
        self._client = httpx.Client(base_url=base_url, timeout=timeout_s, trust_env=False)
        self._outcomes: dict[str, str] = {}

    def forecast(self, symbol: str) -> Forecast | None:
        """Return a fresh forecast, or nothing when there is none; logs each change of outcome."""
        try:
            response = self._client.post("/forecast", json={"symbol": symbol})
        except httpx.HTTPError as error:
            self._note("unreachable", symbol, f"{type(error).__name__}: {error}")
            return None
        if response.status_code != httpx.codes.OK:
            is_waiting = response.status_code == httpx.codes.SERVICE_UNAVAILABLE
            self._note("not_ready" if is_waiting else "refused", symbol, response.text[:REASON_LENGTH_MAX])
            return None
        try:
            forecast = _read(response.content, symbol)
        except ValueError as error:
            self._note("unreadable", symbol, str(error))
            return None
        self._note("ok", symbol)
        return forecast

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _note(self, outcome: str, symbol: str, reason: str = "") -> None:
        FORECAST_REQUESTS.labels(outcome).inc()
        if outcome != self._outcomes.get(symbol):
            self._outcomes[symbol] = outcome
            log.info("forecast_outcome_changed", outcome=outcome, symbol=symbol, reason=reason)


def _read(document: bytes, symbol: str) -> Forecast:
    forecast = _decoder.decode(document)  # msgspec's errors are ValueErrors
    if forecast.symbol != symbol:
        raise ValueError(f"asked for {symbol}, it is about {forecast.symbol!r}")
    for text in (forecast.made_at, forecast.bar_close_time):
        if datetime.fromisoformat(text).tzinfo is None:
            raise ValueError(f"{text!r} names no time zone")
    numbers = (forecast.predicted_return, forecast.probability_up, forecast.low, forecast.high)
    if not all(math.isfinite(number) for number in numbers) or not 0 <= forecast.probability_up <= 1:
        raise ValueError("its numbers are not finite, or its probability is not in [0, 1]")
    if not _is_price(forecast.last_price):
        raise ValueError(f"its last price {forecast.last_price[:REASON_LENGTH_MAX]!r} is no price")
    return forecast


def _is_price(text: str) -> bool:
    try:
        price = Decimal(text)
    except InvalidOperation:
        return False
    return price.is_finite() and price > 0
