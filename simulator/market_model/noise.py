"""Noise by hashing: random numbers that are a function of a key and an index.

No generator carries state, so that any minute can be computed alone and in any order. The hash is
the finaliser of splitmix64 (Steele, Lea, Flood, OOPSLA 2014) on a Weyl sequence.
"""

from hashlib import blake2b
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

_WEYL = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_SHIFT_30, _SHIFT_27, _SHIFT_31, _SHIFT_11 = (np.uint64(shift) for shift in (30, 27, 31, 11))
_UNIT = 1.0 / (1 << 53)
_SQRT_3 = float(np.sqrt(3.0))


def key_of(*parts: object) -> int:
    """Return a 64-bit key for a name such as `(seed, "BTC/USDT", "binance")`."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def uniform(key: int, index: Ints) -> Floats:
    """Return numbers in [0, 1), one for each index; shape as `index`, at least one dimension."""
    state = index.astype(np.uint64)
    state *= _WEYL
    state += np.uint64(key)
    state ^= state >> _SHIFT_30
    state *= _MIX_1
    state ^= state >> _SHIFT_27
    state *= _MIX_2
    state ^= state >> _SHIFT_31
    return (state >> _SHIFT_11).astype(np.float64) * _UNIT


def centred(key: int, index: Ints) -> Floats:
    """Return numbers of mean 0 and variance 1, uniform in ±√3."""
    return (uniform(key, index) * 2.0 - 1.0) * _SQRT_3


def tent(position: Ints, length: int) -> Floats:
    """Return 0 at the ends of each interval of `length` and 1 in its middle, straight between."""
    fraction = (position % length) / length
    return 1.0 - np.abs(2.0 * fraction - 1.0)
