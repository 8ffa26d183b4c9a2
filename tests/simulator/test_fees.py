"""Fees are told by three rooms that can't import each other: they must say the same."""

from decimal import Decimal

import pytest

from simulator.dialects.kraken.documents import asset_pair
from simulator.market_model.listings import VENUES, list_symbol
from streaming.exchanges import binance, coinbase, kraken
from streaming.exchanges._interface import Exchange
from trading.core.instruments import VENUE_FEES

EXCHANGES: list[Exchange] = [binance.EXCHANGE, coinbase.EXCHANGE, kraken.EXCHANGE]


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.venue)
def test_the_simulator_the_exchanges_and_trading_agree_on_fees(exchange: Exchange) -> None:
    terms, assumed = VENUES[exchange.venue], VENUE_FEES[exchange.venue]
    assert Decimal(str(terms.maker_fee)) == exchange.maker_fee == assumed.maker
    assert Decimal(str(terms.taker_fee)) == exchange.taker_fee == assumed.taker


def test_every_generated_venue_is_compared() -> None:
    assert {exchange.venue for exchange in EXCHANGES} == set(VENUES) == set(VENUE_FEES)


def test_kraken_tells_its_fees_in_per_cent() -> None:
    pair = asset_pair(list_symbol("BTC/USDT", "kraken"))
    assert (pair["fees"][0], pair["fees_maker"][0]) == ([0, 0.4], [0, 0.25])
    for tiers in (pair["fees"], pair["fees_maker"]):
        assert [fee for _, fee in tiers] == sorted((fee for _, fee in tiers), reverse=True)
