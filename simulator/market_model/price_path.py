"""The price of a symbol as a function of time.

A Brownian path in Lévy's construction (Schauder functions): at each scale a tent over every interval,
its height drawn by hash. Heights at the scales of 32 to 128 minutes are raised, which gives trends
and turns of tens of minutes; calm and wild hours alternate. Above eleven days the path is tied to the
listed level, so that it stays near it for ever. All symbols share a part of their moves.
"""

from collections.abc import Callable

import numpy as np

from market.clock import NS_PER_MS, NS_PER_S
from simulator.market_model.listings import Listing
from simulator.market_model.noise import Floats, Ints, centred, key_of, tent, uniform

MINUTE_NS = 60 * NS_PER_S
FINE_LENGTHS_NS = tuple(MINUTE_NS >> shift for shift in range(7))
"""60 s down to 0.94 s; with the tent's middle the path bends every half second."""

_COARSE_SCALES = range(1, 14)  # 2 minutes to 5.7 days
_TOP_MINUTES = 1 << 14
_TOP_DEVIATION = 0.025
_TREND_BOOST = {5: 1.35, 6: 1.5, 7: 1.3}
_SHARED = 0.7
_OWN = float(np.sqrt(1 - _SHARED**2))
_MOOD_MINUTES = 192  # divides by every boosted scale, so that one interval has one mood
_BASIS_SCALES = range(1, 7)


class PricePath:
    """Mid price of one listing; the venue sees the common price late and with a basis of its own."""

    def __init__(self, seed: int, listing: Listing) -> None:
        self._volatility = listing.profile.volatility
        self._level = listing.profile.price
        self._lag_ns = listing.terms.lag_ms * NS_PER_MS
        self._basis = listing.terms.basis_bps / 1e4
        self._market = key_of(seed, "market")
        self._own = key_of(seed, listing.symbol)
        self._fine_key = key_of(seed, listing.symbol, "fine")
        self._basis_key = key_of(seed, listing.symbol, listing.venue, "basis")

    def at(self, ts_ns: Ints) -> Floats:
        """Return the mid at each time, in quote currency; shape as `ts_ns`, any order."""
        return self._level * np.exp(self._common(ts_ns - self._lag_ns) + self._basis_at(ts_ns))

    def mood(self, minute: Ints) -> Floats:
        """Return the volatility of the minute's hours relative to the long run: 0.6 to 1.8."""
        return np.exp((uniform(self._market ^ 0xA5, minute // _MOOD_MINUTES) - 0.5) * 1.1)

    def _common(self, ts_ns: Ints) -> Floats:
        return _by_minute(self._coarse, ts_ns) + self._fine(ts_ns) * self.mood(ts_ns // MINUTE_NS)

    def _coarse(self, minute: Ints) -> Floats:
        total = _between(self._own ^ 0x5EED, minute, _TOP_MINUTES) * _TOP_DEVIATION
        for scale in _COARSE_SCALES:
            length = 1 << scale
            index = minute // length
            height = _SHARED * centred(self._market + scale, index) + _OWN * centred(self._own + scale, index)
            size = self._volatility * 2.0 ** (scale / 2 - 1) * _TREND_BOOST.get(scale, 1.0)
            mood = self.mood(index * length) if scale <= 6 else 1.0
            total += size * mood * height * tent(minute, length)
        return total

    def _fine(self, ts_ns: Ints) -> Floats:
        total = np.zeros(ts_ns.shape)
        for step, length in enumerate(FINE_LENGTHS_NS):
            size = self._volatility * 2.0 ** (-step / 2 - 1)
            total += size * centred(self._fine_key + step, ts_ns // length) * tent(ts_ns, length)
        return total

    def _basis_at(self, ts_ns: Ints) -> Floats:
        wave = _by_minute(self._basis_wave, ts_ns)
        # Cubing the middle makes calm stretches and rare dislocations, in which routing pays.
        return self._basis * wave * (0.5 + 0.06 * wave * wave)

    def _basis_wave(self, minute: Ints) -> Floats:
        total = np.zeros(minute.shape)
        for scale in _BASIS_SCALES:
            length = 1 << scale
            total += centred(self._basis_key + scale, minute // length) * tent(minute, length)
        return total


def _by_minute(function: Callable[[Ints], Floats], ts_ns: Ints) -> Floats:
    """Evaluate a function that is straight within each minute at any times."""
    minute = ts_ns // MINUTE_NS
    fraction = (ts_ns - minute * MINUTE_NS) / MINUTE_NS
    first = int(minute.min())
    grid = function(np.arange(first, int(minute.max()) + 2))
    offset = minute - first
    return grid[offset] * (1.0 - fraction) + grid[offset + 1] * fraction


def _between(key: int, minute: Ints, length: int) -> Floats:
    index = minute // length
    fraction = (minute % length) / length
    return centred(key, index) * (1.0 - fraction) + centred(key, index + 1) * fraction
