"""The wallet's stakes and the terms they follow from."""

from typing import Any

import pytest

from tests.trading.strategy_framework.trades.builders import an_open_trade, an_order
from trading.strategy_framework.trades import TradeBook, TradingTerms, Wallet, merge_terms
from trading.strategy_framework.trades.errors import BadTerms, StakeUnavailable


def a_wallet(book: TradeBook | None = None, **terms: Any) -> Wallet:
    return Wallet(TradingTerms(**terms), book or TradeBook("5m"))


def test_unlimited_stakes_share_the_balance_among_the_slots() -> None:
    book = TradeBook("5m")
    wallet = a_wallet(book)
    assert wallet.get_trade_stake_amount("A/USDT", 3) == 330.0
    book.add(an_open_trade(amount=3.3))
    assert wallet.get_trade_stake_amount("A/USDT", 3) == 330.0
    assert wallet.get_available_stake_amount() == 660.0


def test_profits_compound() -> None:
    book = TradeBook("5m")
    book.total_closed_profit = 1000.0
    assert a_wallet(book, tradable_balance_ratio=1.0).get_trade_stake_amount("A/USDT", 2) == 1000.0


def test_a_fixed_stake_that_is_not_there_is_refused_unless_it_may_be_amended() -> None:
    with pytest.raises(StakeUnavailable, match=r"Available balance \(495.0 USDT\)"):
        a_wallet(stake_amount=600.0, starting_balance=500.0).get_trade_stake_amount("A/USDT", 3)
    amended = a_wallet(stake_amount=600.0, starting_balance=500.0, amend_last_stake_amount=True)
    assert amended.get_trade_stake_amount("A/USDT", 3) == 495.0


@pytest.mark.parametrize(
    ("wanted", "least", "granted"),
    [
        (100.0, 50.0, 100.0),
        (40.0, 50.0, 50.0),
        (30.0, 50.0, 0),
        (5000.0, 50.0, 990.0),
        (None, None, 0),
        (-1, None, 0),
    ],
)
def test_a_stake_is_raised_by_30_percent_at_most_and_cut_to_what_is_there(
    wanted: float | None, least: float | None, granted: float
) -> None:
    assert a_wallet().validate_stake_amount("A/USDT", wanted, least, 1e9, None) == granted


def test_balances_stand_still_between_updates() -> None:
    book = TradeBook("5m")
    wallet = a_wallet(book)
    book.add(an_open_trade())
    assert wallet.get_free("USDT") == 1000.0
    wallet.update()
    assert (wallet.get_free("USDT"), wallet.get_total("BTC"), wallet.get_owned("BTC/USDT", "BTC")) == (
        800.0,
        2.0,
        2.0,
    )


def test_coins_and_money_in_open_orders_are_used_not_free() -> None:
    book = TradeBook("5m")
    trade = an_open_trade()
    an_order(trade, "sell", 0.5, 120.0)
    an_order(trade, "buy", 1.0, 90.0)
    book.add(trade)
    wallet = a_wallet(book)
    assert (wallet.get_free("BTC"), wallet.get_used("BTC")) == (1.5, 0.5)
    assert wallet.get_used("USDT") == 90.0


class Careful:
    stake_amount = 50
    max_open_trades = -1
    unfilledtimeout = {"entry": 10, "exit": 30, "unit": "seconds"}  # noqa: RUF012 (as strategies write it)


def test_the_config_beats_the_strategy_beats_the_default() -> None:
    terms = merge_terms({"stake_amount": 75, "dry_run_wallet": {"USDT": 500, "BTC": 1}}, Careful())
    assert (terms.stake_amount, terms.max_open_trades) == (75.0, float("inf"))
    assert (terms.starting_balance, dict(terms.other_balances)) == (500.0, {"BTC": 1.0})
    assert terms.unfilled_exit_minutes == 0.5
    assert terms.tradable_balance_ratio == 0.99


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"fee": "cheap"}, r"fee: .*\(got 'cheap'\)"),
        ({"fee": 2}, "fee: must be from 0 to less than 1"),
        ({"stake_amount": "all"}, 'stake_amount: must be a number or "unlimited"'),
        ({"trading_mode": "margin"}, "trading_mode: Invalid enum value 'margin'"),
        ({"max_open_trades": "many"}, "max_open_trades: must be a number of trades"),
        ({"dry_run_wallet": -5}, "starting_balance: must be at least 0"),
        ({"unfilledtimeout": {"unit": "hours"}}, "unfilledtimeout.unit: must be minutes or seconds"),
        ({"unfilledtimeout": {"exit": "soon"}}, "unfilledtimeout.exit: must be a number"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(config: dict[str, Any], message: str) -> None:
    with pytest.raises(BadTerms, match=message):
        merge_terms(config, object())
