"""Protections: when they lock, for how long, and which settings they refuse."""

from datetime import timedelta
from typing import Any

import pytest

from tests.trading.strategy_framework.trades.builders import OPENED, a_closed_trade
from trading.strategy_framework.trades import PairLock, Protections, TradeBook
from trading.strategy_framework.trades.errors import BadTerms


def locks_after(settings: dict[str, Any], *trades: Any) -> list[PairLock]:
    book = TradeBook("5m")
    protections = Protections([settings], "5m", book, starting_balance=1000.0)
    for trade in trades:
        book.add(trade)
        protections.run(trade.pair, trade.close_date, trade.trade_direction)
    return list(book.locks)


def test_cooldown_locks_the_pair_from_the_trades_end() -> None:
    (lock,) = locks_after({"method": "CooldownPeriod", "stop_duration_candles": 2}, a_closed_trade(minutes=5))
    assert (lock.pair, lock.lock_end_time) == ("BTC/USDT", OPENED + timedelta(minutes=20))


def test_cooldown_until_a_time_of_day_ends_there() -> None:
    (lock,) = locks_after({"method": "CooldownPeriod", "unlock_at": "18:30"}, a_closed_trade(minutes=5))
    assert lock.lock_end_time == OPENED.replace(hour=18, minute=35)


def test_the_stoploss_guard_counts_stops_only() -> None:
    settings = {"method": "StoplossGuard", "trade_limit": 2, "lookback_period": 60, "stop_duration": 30}
    stopped = [a_closed_trade(minutes=5), a_closed_trade(minutes=10, pair="ETH/USDT")]
    assert [lock.pair for lock in locks_after(settings, *stopped)] == ["*"]
    assert locks_after(settings, stopped[0], a_closed_trade(minutes=10, exit_reason="roi")) == []
    assert locks_after(settings, stopped[0], a_closed_trade(minutes=70)) == []


def test_the_stoploss_guard_can_look_at_one_side_only() -> None:
    settings = {"method": "StoplossGuard", "trade_limit": 1, "only_per_side": True}
    (pair_lock, every) = locks_after(settings, a_closed_trade(minutes=5, is_short=True))
    assert (pair_lock.side, every.side) == ("short", "short")


def test_a_pair_that_earns_too_little_is_locked() -> None:
    settings = {"method": "LowProfitPairs", "trade_limit": 2, "required_profit": 0.02}
    assert locks_after(settings, a_closed_trade(minutes=5, profit=0.01)) == []
    (lock,) = locks_after(settings, a_closed_trade(minutes=5), a_closed_trade(minutes=10, profit=0.06))
    assert lock.reason == "0.009999999999999995 < 0.02 in 60 minutes, locking for 60 minutes."


@pytest.mark.parametrize(
    ("mode", "allowed", "locked"), [("ratios", 0.04, 1), ("ratios", 0.06, 0), ("equity", 0.004, 1)]
)
def test_a_drawdown_locks_every_pair(mode: str, allowed: float, locked: int) -> None:
    settings = {"method": "MaxDrawdown", "calculation_mode": mode, "max_allowed_drawdown": allowed}
    locks = locks_after(
        settings, a_closed_trade(minutes=5, profit=0.1), a_closed_trade(minutes=9, profit=-0.05)
    )
    assert [lock.pair for lock in locks] == ["*"] * locked


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"method": "Prayer"}, "must be one of CooldownPeriod, LowProfitPairs"),
        (
            {"method": "CooldownPeriod", "unlock_at": "25:99"},
            "CooldownPeriod.unlock_at: must be a time of day",
        ),
        ({"method": "CooldownPeriod", "stop_duration": 1, "stop_duration_candles": 1}, "not both"),
        ({"method": "MaxDrawdown", "calculation_mode": "feeling"}, "must be ratios or equity"),
    ],
)
def test_settings_that_make_no_sense_are_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(BadTerms, match=message):
        locks_after(settings)
