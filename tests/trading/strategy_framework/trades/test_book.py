"""The account book: what strategies ask the classes, and locks."""

from datetime import UTC, datetime, timedelta

import pytest

from market.clock import ManualClock
from tests.trading.strategy_framework.trades.builders import OPENED, a_closed_trade, a_trade, an_open_trade
from trading.strategy_framework.trades import PairLocks, Trade, TradeBook
from trading.strategy_framework.trades.errors import NoTradeBook


def at(minutes: int) -> datetime:
    return OPENED + timedelta(minutes=minutes)


def test_without_a_run_asking_for_trades_says_so() -> None:
    with pytest.raises(NoTradeBook, match="no trade book is active"):
        Trade.get_open_trades()


def test_two_runs_in_one_process_see_their_own_trades() -> None:
    mine, other = TradeBook("5m"), TradeBook("5m")
    mine.add(an_open_trade())
    with mine.active():
        assert Trade.get_open_trade_count() == 1
        with other.active():
            assert Trade.get_open_trade_count() == 0
        assert Trade.total_open_trades_stakes() == 200.0


def test_trades_are_found_by_pair_state_and_dates() -> None:
    book = TradeBook("5m")
    for number, minutes in enumerate((10, 20, 30)):
        book.add(a_closed_trade(id=number, minutes=minutes, pair="A/USDT" if number else "B/USDT"))
    book.add(a_trade(id=9, pair="A/USDT", open_date=at(5)))
    with book.active():
        found = Trade.get_trades_proxy
        assert [trade.id for trade in found(is_open=False, close_date=at(10))] == [1, 2]
        assert [trade.id for trade in found(pair="A/USDT", is_open=False, close_date=at(20))] == [2]
        assert [trade.id for trade in found(pair="A/USDT")] == [1, 2, 9]
        assert [trade.id for trade in found(open_date=at(1))] == [9]
        assert [trade.id for trade in found(is_open=True, pair="B/USDT")] == []


def test_trades_closed_out_of_order_are_found_too() -> None:
    book = TradeBook("5m")
    for minutes in (30, 10, 20):
        book.add(a_closed_trade(id=minutes, minutes=minutes))
    assert [trade.id for trade in book.closed_since(at(10))] == [30, 20]


def test_column_queries_are_refused_in_a_backtest_and_answered_on_paper() -> None:
    book = TradeBook("5m", queries=True)
    book.add(a_closed_trade(id=1, minutes=10, pair="A/USDT"))
    book.add(a_closed_trade(id=2, minutes=20, pair="B/USDT"))
    with book.active():
        wanted = [Trade.is_open.is_(False), Trade.close_date >= at(15), Trade.pair == "B/USDT"]
        assert [trade.id for trade in Trade.get_trades(wanted).all()] == [2]
        first = Trade.get_trades(Trade.pair.in_(["A/USDT"])).first()
        assert first is not None
        assert first.id == 1
    with TradeBook("5m").active(), pytest.raises(NotImplementedError, match="not supported in backtesting"):
        Trade.get_trades([Trade.pair == "A/USDT"])


def test_closing_moves_a_trade_and_adds_its_profit() -> None:
    book = TradeBook("5m")
    trade = an_open_trade()
    book.add(trade)
    trade.close_profit_abs = 5.5
    trade.close_date = at(5)
    book.close(trade)
    assert (book.open_trades, book.closed_trades, book.total_closed_profit) == ([], [trade], 5.5)
    with book.active():
        assert Trade.get_total_closed_profit() == 5.5


def test_a_lock_lasts_to_the_end_of_the_candle_that_it_ends_in() -> None:
    with TradeBook("5m").active():
        lock = PairLocks.lock_pair("A/USDT", at(7), "why", now=at(0))
        assert lock.lock_end_time == at(10)
        assert PairLocks.is_pair_locked("A/USDT", at(9))
        assert not PairLocks.is_pair_locked("A/USDT", at(10))
        assert not PairLocks.is_pair_locked("B/USDT", at(9))


def test_a_lock_of_every_pair_or_of_one_side_holds_where_it_should() -> None:
    with TradeBook("5m").active():
        PairLocks.lock_pair("*", at(10), now=at(0), side="long")
        assert PairLocks.is_pair_locked("A/USDT", at(5), "long")
        assert not PairLocks.is_pair_locked("A/USDT", at(5), "short")
        assert PairLocks.is_global_lock(at(5), "long")


def test_the_same_lock_is_not_made_twice() -> None:
    with TradeBook("5m").active():
        first = PairLocks.lock_pair("A/USDT", at(7), "why", now=at(0))
        assert PairLocks.lock_pair("A/USDT", at(8), "why", now=at(1)) is first
        assert len(PairLocks.get_all_locks()) == 1


def test_unlocking_ends_locks() -> None:
    clock = ManualClock(int(at(0).timestamp() * 1e9))
    with TradeBook("5m", clock=clock).active():
        PairLocks.lock_pair("A/USDT", at(60), "why")
        PairLocks.lock_pair("B/USDT", at(60), "why")
        PairLocks.lock_pair("B/USDT", at(90), "else")
        PairLocks.unlock_pair("A/USDT")
        assert not PairLocks.is_pair_locked("A/USDT")
        PairLocks.unlock_reason("why")
        longest = PairLocks.get_pair_longest_lock("B/USDT")
        assert longest is not None
        assert longest.reason == "else"
        assert len(PairLocks.get_pair_locks(None)) == 1


def test_the_clock_is_the_wall_clock_unless_another_is_given() -> None:
    assert TradeBook("5m").now().year >= 2024
    assert TradeBook("5m", clock=ManualClock(0)).now() == datetime(1970, 1, 1, tzinfo=UTC)
