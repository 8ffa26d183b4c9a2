"""Answer forecasts: the champion of each symbol, or the baseline, on the newest bars.

The service, the model store and the table of bars are handed in. A forecast that can't be given
is a `Refusal` with a reason that says what to do, never an exception.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from market.clock import NS_PER_S, Clock
from serving.bar_store import NewestBars
from serving.features import FeatureTable, compute_features, feature_hash
from serving.models._interface import Model, Predictor
from serving.models.last_value import MODEL as BASELINE
from serving.series import BAR_NS, contiguous_runs, fill_short_gaps
from serving.training_set import HORIZON_S, bars_needed, horizon_volatility

BASELINE_VERSION = "last_value-1"
SPARE_BARS = 12
"""Bars read beyond those needed: minutes without a row are filled, and must not cost the forecast."""


class Champion(NamedTuple):
    """The model that answers for a symbol."""

    model: Model
    predictor: Predictor
    version: str


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """A forecast of the simple return over `horizon_s` seconds from `bar_close_time`.

    Times are nanoseconds UTC. `low` to `high` is the 80 % band; `last_price` is the close that the
    return starts from.
    """

    symbol: str
    made_at: int
    bar_close_time: int
    horizon_s: int
    predicted_return: float
    probability_up: float
    low: float
    high: float
    model: str
    model_version: str
    feature_hash: str
    last_price: str


class Refusal(msgspec.Struct, frozen=True):
    """Why no forecast can be given; `status` is the HTTP status that says the same."""

    status: int
    code: str
    detail: str


class BarReader(Protocol):
    """The table of bars, as far as forecasts need it."""

    def newest_open_time(self, symbol: str) -> int | None:
        """Return the open time of a symbol's newest bar, nanoseconds UTC."""
        ...

    def newest(self, symbol: str, bars_needed: int, bars_max: int) -> NewestBars | None:
        """Return a symbol's newest bars of the first venue that has `bars_needed`."""
        ...


class Forecaster:
    """Give forecasts, each computed once per bar and model version. Thread-safe."""

    def __init__(self, bars: BarReader, symbols: Sequence[str], clock: Clock, stale_after_s: int) -> None:
        self._bars = bars
        self._symbols = tuple(symbols)
        self._clock = clock
        self._stale_after_ns = stale_after_s * NS_PER_S
        self._baseline = Champion(BASELINE, BASELINE.load(b""), BASELINE_VERSION)
        self._champions: dict[str, Champion] = {}
        self._given: dict[str, tuple[int, str, Forecast]] = {}
        self._lock = threading.Lock()

    @property
    def versions(self) -> Mapping[str, str]:
        """The version that answers for each symbol."""
        return {symbol: self.champion_of(symbol).version for symbol in self._symbols}

    def champion_of(self, symbol: str) -> Champion:
        """Return the model that answers for a symbol; the baseline when nothing was promoted."""
        return self._champions.get(symbol, self._baseline)

    def crown(self, symbol: str, champion: Champion) -> None:
        """Let a newly promoted model answer from now on."""
        with self._lock:
            self._champions[symbol] = champion

    def forecast(self, symbol: str) -> Forecast | Refusal:
        """Return the forecast on a symbol's newest closed bar, or why there is none."""
        if symbol not in self._symbols:
            return Refusal(
                404, "forecast.unknown_symbol", f"{symbol[:40]!r} is not among {', '.join(self._symbols)}"
            )
        with self._lock:
            newest = self._bars.newest_open_time(symbol)
            if newest is None:
                return Refusal(
                    503, "forecast.no_bars", f"there is no one-minute bar of {symbol} yet; wait a minute"
                )
            age_ns = self._clock.now_ns() - newest - BAR_NS
            if age_ns > self._stale_after_ns:
                return Refusal(
                    503,
                    "forecast.stale_bars",
                    f"the newest bar of {symbol} closed {age_ns // NS_PER_S} s ago; look at the feeds",
                )
            champion = self.champion_of(symbol)
            if (given := self._given.get(symbol)) and given[:2] == (newest, champion.version):
                return given[2]
            made = self._make(symbol, champion)
            if isinstance(made, Forecast):
                self._given[symbol] = (newest, champion.version, made)
            return made

    def _make(self, symbol: str, champion: Champion) -> Forecast | Refusal:
        needed = bars_needed(champion.model.window)
        bars = self._bars.newest(symbol, needed, needed + SPARE_BARS)
        run = contiguous_runs(fill_short_gaps(bars.series))[-1] if bars else None
        available = run.open_time.size if run else 0
        if available < needed:
            champion, needed = self._baseline, bars_needed(BASELINE.window)
        if bars is None or run is None or available < needed:
            return Refusal(
                503,
                "forecast.too_few_bars",
                f"{symbol} has {available} one-minute bars in a row, a forecast needs {needed}; "
                f"wait {needed - available} minutes or let the history be fetched",
            )
        table = compute_features(run.between(available - needed, available))
        return self._predict(symbol, champion, table, bars.last_price)

    def _predict(self, symbol: str, champion: Champion, table: FeatureTable, last_price: str) -> Forecast:
        window = table.values[None, -champion.model.window :]
        predictions = champion.predictor.predict(window, horizon_volatility(table.volatility[-1:]))
        return Forecast(
            symbol=symbol,
            made_at=self._clock.now_ns(),
            bar_close_time=int(table.open_time[-1]) + BAR_NS,
            horizon_s=HORIZON_S,
            predicted_return=float(predictions.predicted_return[0]),
            probability_up=float(predictions.probability_up[0]),
            low=float(predictions.low[0]),
            high=float(predictions.high[0]),
            model=champion.model.name,
            model_version=champion.version,
            feature_hash=feature_hash(),
            last_price=last_price,
        )
