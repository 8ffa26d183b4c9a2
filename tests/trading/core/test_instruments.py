"""Instruments: declared ones win, others are made up from their venue's fees."""

from decimal import Decimal

import pytest

from market.errors import UnknownInstrument
from market.instruments import Instrument
from trading.core.instruments import UNKNOWN_VENUE_FEES, VENUE_FEES, InstrumentTable


def test_an_instrument_that_nobody_declared_has_its_venues_fees_and_fine_steps() -> None:
    made_up = InstrumentTable().get("BTC/USDT", "kraken")

    assert (made_up.base, made_up.quote) == ("BTC", "USDT")
    assert (made_up.maker_fee, made_up.taker_fee) == VENUE_FEES["kraken"]
    assert InstrumentTable().get("BTC/USDT", "elsewhere").taker_fee == UNKNOWN_VENUE_FEES.taker


def test_a_declared_instrument_wins() -> None:
    declared = Instrument(
        symbol="BTC/USDT",
        venue="kraken",
        base="BTC",
        quote="USDT",
        price_increment=Decimal("0.1"),
        size_increment=Decimal("0.01"),
    )

    table = InstrumentTable(declared={declared.id: declared})

    assert table.get("BTC/USDT", "kraken") is declared


def test_a_symbol_without_a_quote_currency_is_refused() -> None:
    with pytest.raises(UnknownInstrument, match="write it as BTC/USDT"):
        InstrumentTable().get("BTC", "kraken")
