"""What a strategy may do wrong without harm to the others, to the journal or to the process."""

import sys
from threading import Event, Thread
from typing import Any

import pandas as pd
import pytest

from market.clock import NS_PER_S
from tests.trading.api.host.memory_books import MemoryBooks
from tests.trading.api.host.stage import Always, Stage

BAD_TEXT = "half a \ud800 pair and a \x00"


class LeavesWhenAnalysed(Always):
    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        sys.exit("my configuration is wrong")


class LeavesInACallback(Always):
    def custom_exit(self, **kwargs: Any) -> str | None:  # type: ignore[override]
        sys.exit(3)


class LeavesAtTheStart(Always):
    def bot_start(self, **kwargs: Any) -> None:
        sys.exit(3)


class RaisesWhatCanNotBeStored(Always):
    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        raise ValueError(BAD_TEXT)


class BuysAtANegativePrice(Always):
    def custom_entry_price(self, **kwargs: Any) -> float:  # type: ignore[override]
        return -1.0


class WritesWhatCanNotBeStored(Always):
    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        return dataframe.assign(enter_long=1, enter_tag="a\x00" + "x" * 5_000)


def bought_beside(strategy: type[Always], name: str) -> Stage:
    """Let the strategy run first on two candles, and the good one after it."""
    stage = Stage(**{name: strategy, "good": Always})
    stage.refresh()
    stage.close_bar()
    stage.step()
    stage.next_minute()
    stage.step()
    assert [position.symbol for position in stage.engine.positions() if position.strategy == "good"]
    return stage


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        (LeavesWhenAnalysed, "SystemExit: my configuration is wrong"),
        (LeavesInACallback, "SystemExit: 3"),
        (LeavesAtTheStart, "SystemExit: 3"),
        (RaisesWhatCanNotBeStored, "ValueError: half a \N{REPLACEMENT CHARACTER} pair"),
        (BuysAtANegativePrice, "must be above 0"),
    ],
)
def test_what_one_strategy_does_wrong_is_told_and_hits_no_other(strategy: type[Always], said: str) -> None:
    stage = bought_beside(strategy, "bad")
    views = {view.name: view for view in stage.engine.strategies()}
    assert (views["bad"].state, views["good"].state) == ("error", "on")
    assert said in (views["bad"].error or "")


def test_an_order_that_makes_no_sense_leaves_no_trade_behind() -> None:
    stage = bought_beside(BuysAtANegativePrice, "bad")
    assert stage.account("bad").book.open_trades == []
    assert [order for order in stage.engine.orders() if order.strategy == "bad"] == []


def test_a_tag_that_can_not_be_stored_is_mended_and_cut() -> None:
    stage = bought_beside(WritesWhatCanNotBeStored, "bad")
    (tag,) = {order.tag for order in stage.engine.orders() if order.strategy == "bad"}
    assert tag.startswith("a\N{REPLACEMENT CHARACTER}x")
    assert len(tag) == 255
    assert isinstance(stage.books, MemoryBooks)
    (trades, _) = stage.books.read("bad") or ({}, {})
    assert ["\x00" in trade["enter_tag"] for trade in trades.values()] == [False]


def test_a_book_of_another_version_costs_only_its_own_strategy() -> None:
    books = MemoryBooks()
    books._kept["bad"] = ({1: {"no": "such trade"}}, {"counters": [1, 1], "judged": {}})
    stage = Stage(bad=Always, good=Always, books=books)
    stage.refresh()
    stage.close_bar()
    assert stage.orders() == [("good", "BTC/USDT", "FILLED")]
    views = {view.name: view for view in stage.engine.strategies()}
    assert "not started" in (views["bad"].error or "")


def test_a_strategy_that_hangs_is_named() -> None:
    begun, may_end = Event(), Event()

    class Hangs(Always):
        def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
            begun.set()
            may_end.wait(20)
            return dataframe

    stage = Stage(hangs=Hangs)
    stage.refresh()
    stage.close_bar()
    step = Thread(target=stage.step)
    step.start()
    assert begun.wait(20)
    assert stage.host.problem() is None
    stage.clock.advance(40 * NS_PER_S)
    assert "strategy hangs has been at work for 40 s" in (stage.host.problem() or "")
    may_end.set()
    step.join()
    assert stage.host.problem() is None


def test_a_strategy_that_was_removed_but_holds_something_is_told() -> None:
    first = Stage(gone=Always, stays=Always)
    first.refresh()
    first.close_bar()
    first.step()
    second = Stage(journal=first.journal, books=first.books, stays=Always)
    second.step()
    views = {view.name: view for view in second.engine.strategies()}
    assert (views["gone"].state, views["stays"].state) == ("error", "on")
    assert "nobody watches the stops" in (views["gone"].error or "")


class ChangesItsMind(Always):
    """Notes a number, and then a word under the same key."""

    def order_filled(self, pair: str, trade: Any, order: Any, **kwargs: Any) -> None:  # type: ignore[override]
        trade.set_custom_data("seen", 1)
        trade.set_custom_data("seen", "a word")


def test_a_note_that_can_not_be_read_ends_nothing() -> None:
    stage = bought_beside(ChangesItsMind, "bad")
    again = Stage(journal=stage.journal, books=stage.books, bad=ChangesItsMind, good=Always)
    again.step()
    assert len(again.account("bad").book.open_trades) == len(stage.account("bad").book.open_trades) > 0


class WantsAYear(Always):
    timeframe = "1d"
    startup_candle_count = 200


def test_a_strategy_that_can_never_have_its_candles_says_so() -> None:
    stage = Stage(patient=WantsAYear)
    stage.step()
    (view,) = stage.engine.strategies()
    assert "wants 200 candles of 1d first" in (view.error or "")
