"""Keeps a strategy's book: after each change only what changed, so that a quiet minute writes nothing."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from trading.adapters.strategy_books import KeptTrade
from trading.api.host.book_record import BookRecord, record_rest, record_trade
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.trades.book import TradeBook


class Books(Protocol):
    """Where books are kept; see `trading.adapters.strategy_books`."""

    def read(self, strategy: str) -> tuple[dict[int, dict[str, Any]], dict[str, Any]] | None:
        """Return the documents of all trades by id, and that of the rest; nothing if none was kept."""
        ...

    def keep(
        self,
        strategy: str,
        *,
        trades: Sequence[KeptTrade],
        dropped: Sequence[int],
        rest: Mapping[str, Any],
        now: datetime,
    ) -> None:
        """Store trades that changed, forget those dropped, and store the rest; all or none."""
        ...


class MemoryBooks:
    """Books that live as long as this object."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[dict[int, dict[str, Any]], dict[str, Any]]] = {}

    def read(self, strategy: str) -> tuple[dict[int, dict[str, Any]], dict[str, Any]] | None:
        """Return what was kept last."""
        return self._kept.get(strategy)

    def keep(
        self,
        strategy: str,
        *,
        trades: Sequence[KeptTrade],
        dropped: Sequence[int],
        rest: Mapping[str, Any],
        now: datetime,  # noqa: ARG002 - a clock is for people who look into tables
    ) -> None:
        """Keep it."""
        documents = dict(self._kept.get(strategy, ({}, {}))[0])
        documents |= {trade.trade_id: dict(trade.document) for trade in trades}
        for trade_id in dropped:
            documents.pop(trade_id, None)
        self._kept[strategy] = (documents, dict(rest))


class Shelf:
    """The place of one strategy's book; knows what it holds already."""

    def __init__(self, books: Books, strategy: str, code_hash: str) -> None:
        self._books = books
        self._strategy = strategy
        self._code_hash = code_hash
        self._kept: dict[int, dict[str, Any]] = {}
        self._rest: dict[str, Any] = {}

    def read(self) -> BookRecord | None:
        """Return the kept book, if there is one.

        Raises:
            JournalUnavailable: the store does not answer.
        """
        found = self._books.read(self._strategy)
        if found is None:
            return None
        self._kept, rest = found
        self._rest = {name: value for name, value in rest.items() if name != "judged"}
        return BookRecord(trades=self._kept, rest=rest)

    def keep(self, book: TradeBook, judged: Mapping[str, int]) -> None:
        """Store what changed since the last time, and with it the newest candles judged by pair.

        That alone is no change: a candle from which nothing followed may be judged again.

        Raises:
            JournalUnavailable: the store does not answer.
        """
        trades = [*book.open_trades, *book.closed_trades]
        changed = {
            trade.id: (trade, document)
            for trade in trades
            if (trade.is_open or trade.id not in self._kept or self._kept[trade.id]["is_open"])
            and (document := record_trade(trade)) != self._kept.get(trade.id)
        }
        dropped = sorted(self._kept.keys() - {trade.id for trade in trades})
        rest = record_rest(book)
        if not changed and not dropped and rest == self._rest:
            return
        self._books.keep(
            self._strategy,
            trades=[
                KeptTrade(
                    trade_id=trade.id,
                    pair=trade.pair,
                    is_open=trade.is_open,
                    opened_at=trade.open_date_utc,
                    closed_at=None if trade.is_open else trade.close_date_utc,
                    code_hash=self._code_hash,
                    document=document,
                )
                for trade, document in changed.values()
            ],
            dropped=dropped,
            rest={**rest, "judged": dict(judged)},
            now=book.now(),
        )
        self._kept |= {trade_id: document for trade_id, (_, document) in changed.items()}
        for trade_id in dropped:
            del self._kept[trade_id]
        self._rest = rest


def code_hash(strategy: type[IStrategy] | IStrategy) -> str:
    """Return the SHA-256 of the strategy's file, empty where it has none."""
    path = Path(strategy.__file__) if strategy.__file__ else None
    return hashlib.sha256(path.read_bytes()).hexdigest() if path is not None and path.is_file() else ""
