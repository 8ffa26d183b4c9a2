"""An exchange's public REST interface through ccxt: patient, and sent to the simulator where there is one."""

import difflib
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import ccxt

from trading.adapters.history.errors import UnknownSymbol, UnknownVenue, VenueUnavailable

TIMEOUT_MS = 10_000
TRIES = 5
PAGE_ROWS = {"coinbase": 300, "kraken": 720, "okx": 300, "bitget": 200}
"""What exchanges give at a time, where it is less than 1,000."""
PAIRS_SHOWN_MAX = 12
LIKENESS_MIN = 0.8
"""Below, pairs are alike only in their quote currency."""

T = TypeVar("T")


class Row(NamedTuple):
    """A candle as ccxt gives it, or a funding rate in `values`; `open_ms` is UTC."""

    open_ms: int
    values: tuple[float, ...]


class Venue:
    """An exchange; every request is tried again after 1, 2, 4 … seconds when the network fails."""

    def __init__(self, name: str, client: Any, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.name = name
        self._client = client
        self._sleep = sleep

    @property
    def page_rows(self) -> int:
        """How many candles to ask for at a time."""
        return PAGE_ROWS.get(self.name, 1000)

    def markets(self, pairs: Sequence[str]) -> list[dict[str, Any]]:
        """Return the markets of the pairs, their precision in tick sizes.

        Raises:
            UnknownSymbol: pairs are not listed; names each of them, and what is like it.
            VenueUnavailable: the exchange does not answer.
        """
        listed = self._patiently(self._client.load_markets)
        if missing := [pair for pair in pairs if pair not in listed]:
            raise UnknownSymbol(
                f"{self.name} does not list {' or '.join(_with_likeness(pair, listed) for pair in missing)}; "
                f"it lists {_in_short(sorted(listed))}"
            )
        return [self._with_tiers(self._with_ticks(listed[pair])) for pair in pairs]

    def candles(self, pair: str, timeframe: str, candle_type: str, since_ms: int) -> list[Row]:
        """Return a page of what the exchange has from a time on, oldest first; the last may be open.

        Raises:
            UnknownVenue: the exchange has no such data.
            VenueUnavailable: it does not answer.
        """
        if candle_type == "funding_rate":
            fetch = self._client.fetch_funding_rate_history
            rates = self._patiently(lambda: fetch(pair, since=since_ms, limit=self.page_rows))
            return [Row(int(rate["timestamp"]), (float(rate["fundingRate"]),)) for rate in rates]
        parameters = {} if candle_type in {"spot", "futures"} else {"price": candle_type}
        fetch = self._client.fetch_ohlcv
        rows = self._patiently(
            lambda: fetch(pair, timeframe, since=since_ms, limit=self.page_rows, params=parameters)
        )
        return [Row(int(row[0]), tuple(float(value or 0) for value in row[1:6])) for row in rows]

    def timeframes(self) -> Sequence[str]:
        """Return the timeframes that the exchange has; empty where it does not say."""
        return list(self._client.timeframes or ())

    def _patiently(self, request: Callable[[], T]) -> T:
        for attempt in range(TRIES):
            try:
                return request()
            except ccxt.NetworkError as error:
                if attempt == TRIES - 1:
                    reason = str(error).splitlines()[0][:200]
                    raise VenueUnavailable(
                        f"{self.name} does not answer after {TRIES} tries "
                        f"({type(error).__name__}: {reason}); what was fetched is kept, "
                        "and the same command goes on from there"
                    ) from error
                self._sleep(2.0**attempt)
            except ccxt.NotSupported as error:
                raise UnknownVenue(f"{self.name} does not give that: {error}") from error
            except ccxt.BaseError as error:
                raise VenueUnavailable(f"{self.name} refuses: {str(error).splitlines()[0][:200]}") from error
        raise AssertionError("each try returns or raises")

    def _with_tiers(self, market: dict[str, Any]) -> dict[str, Any]:
        """Add a perpetual's leverage tiers, where the exchange shows them without an account."""
        if ":" not in market["symbol"]:
            return market
        try:
            return {**market, "leverage_tiers": self._client.fetch_market_leverage_tiers(market["symbol"])}
        except ccxt.BaseError:
            return market

    def _with_ticks(self, market: dict[str, Any]) -> dict[str, Any]:
        if self._client.precisionMode != ccxt.DECIMAL_PLACES:
            return market
        steps = {
            side: None if digits is None else 10.0 ** -int(digits)
            for side, digits in market["precision"].items()
        }
        return {**market, "precision": steps}


def open_venue(name: str, *, simulator_url: str | None = None, is_futures: bool = False) -> Venue:
    """Return an exchange by ccxt's name, at the simulator's address where one is given.

    Raises:
        UnknownVenue: ccxt has no exchange of this name.
    """
    return Venue(name, ccxt_client(name, simulator_url=simulator_url, is_futures=is_futures))


def ccxt_client(name: str, *, simulator_url: str | None = None, is_futures: bool = False) -> Any:
    """Return ccxt's own client of an exchange, sent to the simulator where one is given.

    Raises:
        UnknownVenue: ccxt has no exchange of this name.
    """
    if name not in ccxt.exchanges:
        near = difflib.get_close_matches(name, ccxt.exchanges, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise UnknownVenue(f"ccxt knows no exchange {name!r}{hint}")
    client = getattr(ccxt, name)({"timeout": TIMEOUT_MS, "enableRateLimit": simulator_url is None})
    client.options["defaultType"] = "swap" if is_futures else "spot"
    if name == "binance":
        client.options["fetchMarkets"] = {"types": ["linear" if is_futures else "spot"]}
    if simulator_url is not None:
        client.urls["api"] = _redirected(client.urls["api"], f"{simulator_url}/{name}")
    return client


def _with_likeness(pair: str, listed: Collection[str]) -> str:
    near = difflib.get_close_matches(pair, listed, n=1, cutoff=LIKENESS_MIN)
    return f"{pair} (did you mean {near[0]}?)" if near else pair


def _in_short(pairs: Sequence[str]) -> str:
    return ", ".join(pairs) if len(pairs) <= PAIRS_SHOWN_MAX else f"{len(pairs):,} other pairs"


def _redirected(urls: Any, base: str) -> Any:
    """Replace scheme and host of every address in a tree of them."""
    if isinstance(urls, dict):
        return {key: _redirected(inner, base) for key, inner in urls.items()}
    return base + urlsplit(urls).path
