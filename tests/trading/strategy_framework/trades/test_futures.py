"""Leverage, liquidation and funding."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from tests.trading.strategy_framework.trades.builders import an_open_trade
from trading.strategy_framework.trades import (
    FundingRates,
    LeverageTier,
    PairMarket,
    TradeBook,
    TradingTerms,
    Wallet,
    max_leverage,
    max_stake,
    min_stake,
    update_liquidation_prices,
)
from trading.strategy_framework.trades.errors import LeverageRefused, LiquidationUnknown

TIERS = (LeverageTier(0.0, 5000.0, 0.01, 50.0, 0.0), LeverageTier(5000.0, 20000.0, 0.02, 20.0, 50.0))
MARKET = PairMarket("BTC/USDT", leverage_tiers=TIERS, cost_min=5.0, amount_min=0.001)
FUTURES = TradingTerms(trading_mode="futures", margin_mode="isolated")


def test_leverage_falls_with_the_stake() -> None:
    assert [max_leverage(MARKET, FUTURES, stake) for stake in (0, 50, 150)] == [50.0, 50.0, 20.0]
    with pytest.raises(LeverageRefused, match="BTC/USDT: a stake of 5000"):
        max_leverage(MARKET, FUTURES, 5000)
    assert max_leverage(MARKET, TradingTerms(), 5000) == 1.0


def test_the_least_stake_leaves_room_for_the_stop_and_shrinks_with_leverage() -> None:
    assert min_stake(MARKET, FUTURES, 100.0, -0.05) == pytest.approx(5 * 1.05 / 0.95)
    assert min_stake(MARKET, FUTURES, 100_000.0, -0.05, 10.0) == pytest.approx(10.5)
    assert min_stake(PairMarket("A/USDT"), FUTURES, 1.0, -0.05) is None


def test_the_largest_stake_is_the_tiers() -> None:
    assert max_stake(MARKET, FUTURES, 100.0, 20.0) == 1000.0
    assert max_stake(MARKET, TradingTerms(), 100.0) == float("inf")


def test_the_liquidation_price_lies_between_entry_and_ruin() -> None:
    book = TradeBook("5m")
    for is_short in (False, True):
        trade = an_open_trade(leverage=10.0, is_short=is_short, trading_mode="futures")
        book.add(trade)
        update_liquidation_prices(
            trade, markets={"BTC/USDT": MARKET}, terms=FUTURES, wallet=Wallet(FUTURES, book), book=book
        )
        assert trade.liquidation_price == pytest.approx(108.47 if is_short else 91.36, abs=0.01)


def test_without_tiers_the_price_stays_unknown_and_without_amounts_it_is_an_error() -> None:
    book = TradeBook("5m")
    trade = an_open_trade(leverage=10.0, trading_mode="futures")
    wallet = Wallet(FUTURES, book)
    bare = PairMarket("BTC/USDT")
    update_liquidation_prices(trade, markets={"BTC/USDT": bare}, terms=FUTURES, wallet=wallet, book=book)
    assert trade.liquidation_price is None
    tiers = PairMarket("BTC/USDT", leverage_tiers=(LeverageTier(0.0, None, 0.01, 50.0),))
    with pytest.raises(LiquidationUnknown, match="no maintenance amount"):
        update_liquidation_prices(trade, markets={"BTC/USDT": tiers}, terms=FUTURES, wallet=wallet, book=book)


def test_longs_pay_positive_rates_and_both_ends_count() -> None:
    hours = pd.date_range("2024-03-01", periods=5, freq="8h", tz="UTC")
    rates = FundingRates.from_candles(
        pd.DataFrame({"date": hours, "open": 0.001}), pd.DataFrame({"date": hours, "open": 100.0})
    )
    start = datetime(2024, 3, 1, tzinfo=UTC)
    end = start + timedelta(hours=16)
    assert rates.fees(2.0, is_short=False, opened=start, closed=end) == pytest.approx(-0.6)
    assert rates.fees(2.0, is_short=True, opened=start + timedelta(minutes=1), closed=end) == pytest.approx(
        0.4
    )


def test_a_rate_for_times_before_the_first_known_one_fills_only_those() -> None:
    hours = pd.date_range("2024-03-01", periods=4, freq="8h", tz="UTC")
    known = pd.DataFrame({"date": hours[[1, 3]], "open": 0.002})
    marks = pd.DataFrame({"date": hours, "open": 100.0})
    rates = FundingRates.from_candles(known, marks, 0.001)
    start = datetime(2024, 3, 1, tzinfo=UTC)
    assert rates.fees(1.0, is_short=True, opened=start, closed=start + timedelta(days=2)) == pytest.approx(
        0.5
    )
