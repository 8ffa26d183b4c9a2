"""A host that comes back: what it holds, what it noted, and what was under way when it went."""

from decimal import Decimal
from typing import Any

import pytest

from runtime.settings import CoreSettings
from tests.trading.api.host.memory_books import MemoryBooks
from tests.trading.api.host.stage import Always, Stage
from tests.trading.api.host.test_host import BTC, Protected, Waiting
from tests.trading.api.service import MINUTE_NS, PRICES
from trading.adapters.strategy_books import PostgresBooks
from trading.api.host.book_record import record_rest, record_trade
from trading.core.engine import Engine
from trading.strategy_framework import IStrategy


class Noting(Always):
    """Keeps a note of each trade's first fill."""

    def order_filled(self, pair: str, trade: Any, order: Any, **kwargs: Any) -> None:  # type: ignore[override]
        trade.set_custom_data("seen", {"rate": order.safe_price, "tags": ["a", "b"]})


def again(stage: Stage, **strategies: type[IStrategy]) -> Stage:
    """Return a new stage on the first one's journal and books, at the same moment."""
    return Stage(journal=stage.journal, books=stage.books, now_ns=stage.clock.now_ns(), **strategies)


def trading(**strategies: type[IStrategy]) -> Stage:
    stage = Stage(**strategies)
    stage.refresh()
    stage.close_bar()
    stage.step()
    return stage


def test_the_same_candle_gives_no_second_order() -> None:
    first = trading(always=Always)
    position = first.engine.positions()
    second = again(first, always=Always)
    second.refresh()
    second.close_bar()
    assert second.step() == []
    assert second.engine.positions() == position


def test_a_trade_goes_on_where_it_was() -> None:
    first = trading(always=Always)
    (before,) = first.account("always").book.open_trades
    second = again(first, always=Always)
    second.step()
    (after,) = second.account("always").book.open_trades
    assert record_trade(after) == record_trade(before)
    assert after.calc_profit_ratio(61_000.0) == before.calc_profit_ratio(61_000.0)
    second.price("BTC/USDT", BTC * Decimal("0.94"))
    assert [order.tag for order in second.step()] == ["stop_loss"]


def test_closed_trades_locks_and_notes_are_kept() -> None:
    first = trading(protected=Protected, noting=Noting)
    first.price("BTC/USDT", BTC * Decimal("0.9"))
    first.step()
    second = again(first, protected=Protected, noting=Noting)
    second.step()
    for name in ("protected", "noting"):
        before, after = first.account(name).book, second.account(name).book
        assert record_rest(after) == record_rest(before)
        assert [record_trade(trade) for trade in after.closed_trades] == [
            record_trade(trade) for trade in before.closed_trades
        ]
    second.next_minute()
    assert {order.strategy for order in second.step()} == {"noting"}, "the other is locked"


def test_the_wallet_knows_what_was_earned() -> None:
    first = trading(always=Always)
    first.price("BTC/USDT", BTC * Decimal("0.9"))
    first.step()
    second = again(first, always=Always)
    second.step()
    free = second.account("always").desk.wallet.get_free("USDT")
    assert free == pytest.approx(first.account("always").desk.wallet.get_free("USDT"))
    assert free < 9_000


def test_what_filled_while_the_host_was_away_is_booked() -> None:
    first = trading(waiting=Waiting)
    first.clock.advance(10**9)
    first.engine.on_live(first.frame("BTC/USDT", BTC * Decimal("0.98")))
    second = again(first, waiting=Waiting)
    second.refresh()
    second.step()
    (trade,) = second.account("waiting").book.open_trades
    assert trade.amount == float(second.engine.positions()[0].size)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_around_the_sending_loses_and_doubles_nothing(
    moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Stage(always=Always)
    first.refresh()
    first.close_bar()
    on_signal = Engine.on_signal

    def crash(engine: Engine, signal: Any) -> Any:
        if moment == "after":
            on_signal(engine, signal)
        raise KeyboardInterrupt

    monkeypatch.setattr(Engine, "on_signal", crash)
    with pytest.raises(KeyboardInterrupt):
        first.step()
    monkeypatch.setattr(Engine, "on_signal", on_signal)
    second = again(first, always=Always)
    second.refresh()
    second.close_bar()
    second.step()
    second.next_minute()
    second.step()
    held = {view.symbol: view.size for view in second.engine.positions()}
    booked = {trade.pair: Decimal(repr(trade.amount)) for trade in second.account("always").book.open_trades}
    assert booked == held
    assert list(held) == ["BTC/USDT"]


def test_a_position_without_a_trade_is_taken_over_with_its_stop() -> None:
    first = trading(always=Always)
    second = Stage(journal=first.journal, books=MemoryBooks(), now_ns=first.clock.now_ns(), always=Always)
    second.next_minute()
    second.step()
    (trade,) = second.account("always").book.open_trades
    assert (trade.enter_tag, trade.amount) == ("adopted", float(second.engine.positions()[0].size))
    second.price("BTC/USDT", BTC * Decimal("0.94"))
    assert [order.tag for order in second.step()] == ["stop_loss"]


def test_a_trade_whose_coins_are_gone_is_closed() -> None:
    first = trading(always=Always)
    second = Stage(books=first.books, now_ns=first.clock.now_ns(), always=Always)
    second.clock.advance(MINUTE_NS)
    second.refresh()
    second.close_bar("ETH/USDT")
    second.step()
    (trade,) = second.account("always").book.closed_trades
    assert trade.exit_reason == "closed_elsewhere"


def test_books_are_the_same_after_postgresql(postgres_settings: CoreSettings) -> None:
    books = PostgresBooks(postgres_settings)
    first = Stage(books=books, noting=Noting, protected=Protected, waiting=Waiting)
    first.refresh()
    first.close_bar()
    first.step()
    first.price("BTC/USDT", BTC * Decimal("0.9"))
    first.step()
    first.refresh(prices=PRICES)
    first.next_minute("ETH/USDT")
    first.step()
    second = again(first, noting=Noting, protected=Protected, waiting=Waiting)
    second.step()
    for name in ("noting", "protected", "waiting"):
        before, after = first.account(name).book, second.account(name).book
        assert record_rest(after) == record_rest(before)
        for kind in ("open_trades", "closed_trades"):
            kept = [record_trade(trade) for trade in getattr(after, kind)]
            assert kept == [record_trade(trade) for trade in getattr(before, kind)]
    books.close()


def test_a_lock_that_has_ended_is_not_kept_for_ever() -> None:
    stage = trading(protected=Protected)
    stage.price("BTC/USDT", BTC * Decimal("0.9"))
    stage.step()
    book = stage.account("protected").book
    assert len(record_rest(book)["locks"]) == 1
    stage.clock.advance(10 * MINUTE_NS)
    assert record_rest(book)["locks"] == []


def test_a_closed_trade_is_written_once() -> None:
    stage = trading(always=Always)
    stage.price("BTC/USDT", BTC * Decimal("0.9"))
    stage.step()
    stage.next_minute()
    written: list[list[int]] = []
    keep = stage.books.keep

    def noted(strategy: str, **what: Any) -> None:
        written.append([trade.trade_id for trade in what["trades"]])
        keep(strategy, **what)

    stage.books.keep = noted  # type: ignore[method-assign]
    stage.step()
    second = again(stage, always=Always)
    second.step()
    assert {trade_id for ids in written for trade_id in ids} == {2}, "the first is closed and kept"
    assert [trade.id for trade in second.account("always").book.closed_trades] == [1]
