"""What paper trading assumes of each venue: fees and increments.

Fees are the public spot taker and maker fees of the lowest volume tier (binance.com/en/fee/schedule,
coinbase.com/advanced-fees, kraken.com/features/fee-schedule; 2026-11). Increments are conservative:
no venue's are coarser for the symbols we trade. Settings override fees, and exchanges' own
instrument lists replace both where they are known.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from market.instruments import Instrument, InstrumentId, split_symbol


class VenueFees(NamedTuple):
    """Fractions of the notional: 0.001 is 10 bps."""

    maker: Decimal
    taker: Decimal


VENUE_FEES: dict[str, VenueFees] = {
    "binance": VenueFees(Decimal("0.0010"), Decimal("0.0010")),
    "coinbase": VenueFees(Decimal("0.0060"), Decimal("0.0120")),
    "kraken": VenueFees(Decimal("0.0025"), Decimal("0.0040")),
}
UNKNOWN_VENUE_FEES = VenueFees(Decimal("0.0040"), Decimal("0.0060"))
PRICE_INCREMENT = Decimal("0.00000001")
SIZE_INCREMENT = Decimal("0.00001")
NOTIONAL_MIN = Decimal(10)


class InstrumentTable:
    """Instruments by id, made up from the venue's fees where none is declared."""

    def __init__(
        self,
        fees: Mapping[str, VenueFees] = VENUE_FEES,
        declared: Mapping[InstrumentId, Instrument] | None = None,
    ) -> None:
        self._fees = {**VENUE_FEES, **fees}
        self._instruments: dict[InstrumentId, Instrument] = dict(declared or {})

    def get(self, symbol: str, venue: str) -> Instrument:
        """Return the instrument; never fails for a well-written symbol.

        Raises:
            UnknownInstrument: the symbol is not written BASE/QUOTE.
        """
        key = InstrumentId(symbol, venue)
        found = self._instruments.get(key)
        if found is None:
            found = self._instruments[key] = self._assume(key)
        return found

    def _assume(self, key: InstrumentId) -> Instrument:
        base, quote = split_symbol(key.symbol)
        fees = self._fees.get(key.venue, UNKNOWN_VENUE_FEES)
        return Instrument(
            symbol=key.symbol,
            venue=key.venue,
            base=base,
            quote=quote,
            price_increment=PRICE_INCREMENT,
            size_increment=SIZE_INCREMENT,
            notional_min=NOTIONAL_MIN,
            maker_fee=fees.maker,
            taker_fee=fees.taker,
        )
