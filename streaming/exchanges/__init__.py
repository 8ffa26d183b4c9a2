"""Exchanges: one file per venue, each exposing `EXCHANGE`; found by name, described without I/O.

Two files may speak two dialects of one venue (`kraken` and `kraken_v1`): collectors use the file
named as the venue, recordings are matched by what their frames look like.
"""

import sys

from market.errors import UnknownInstrument
from market.plugins import discover
from streaming.exchanges._interface import Exchange


def exchanges() -> dict[str, Exchange]:
    """Return every exchange by the name of its file, sorted.

    Raises:
        BadPlugin: a file without `EXCHANGE`, or with one that lacks a part of `Exchange`.
    """
    return discover(sys.modules[__name__], "EXCHANGE", Exchange)  # type: ignore[type-abstract]


def exchange(name: str) -> Exchange:
    """Return the exchange in the file `name`.

    Raises:
        UnknownInstrument: there is none; the message names those there are.
    """
    found = exchanges()
    if name not in found:
        raise UnknownInstrument(f"no exchange {name!r}; there are {', '.join(found)}")
    return found[name]
