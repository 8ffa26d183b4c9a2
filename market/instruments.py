"""Instruments: what is traded, where, and in which steps.

A symbol is written as ccxt writes it: `BTC/USDT` for spot, `BTC/USDT:USDT` for a linear and
`BTC/USD:BTC` for an inverse perpetual. A venue is a market with its own book.
"""

from decimal import Decimal
from typing import NamedTuple, Self

import msgspec

from market.errors import UnknownInstrument


class InstrumentId(NamedTuple):
    """A symbol on a venue; the key of every market topic. As text: `BTC/USDT@binance`."""

    symbol: str
    venue: str

    def __str__(self) -> str:
        return f"{self.symbol}@{self.venue}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `symbol@venue`.

        Raises:
            UnknownInstrument: the text has no `@`, or an empty half.
        """
        symbol, _, venue = text.rpartition("@")
        if not symbol or not venue:
            raise UnknownInstrument(f"{text!r} is not written symbol@venue, such as BTC/USDT@binance")
        return cls(symbol, venue)


class Instrument(msgspec.Struct, frozen=True, kw_only=True):
    """One tradable market: its currencies, steps and fees.

    Fees are fractions of the notional (0.001 is 10 bps); increments are the smallest steps of
    price and size that the venue accepts.
    """

    symbol: str
    venue: str
    base: str
    quote: str
    price_increment: Decimal
    size_increment: Decimal
    notional_min: Decimal = Decimal(0)
    maker_fee: Decimal = Decimal(0)
    taker_fee: Decimal = Decimal(0)

    @property
    def id(self) -> InstrumentId:
        """The topic key."""
        return InstrumentId(self.symbol, self.venue)


def split_symbol(symbol: str) -> tuple[str, str]:
    """Return base and quote currency of a symbol; a settle currency is dropped.

    Raises:
        UnknownInstrument: the symbol is not written BASE/QUOTE.
    """
    base, slash, rest = symbol.partition("/")
    quote = rest.partition(":")[0]
    if not slash or not base or not quote:
        raise UnknownInstrument(f"{symbol!r} is not a symbol; write it as BTC/USDT")
    return base, quote
