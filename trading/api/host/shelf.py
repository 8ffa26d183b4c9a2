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


class Shelf:
    """The place of one strategy's book; knows what it holds already.

    Closed trades change no more: they are written once, and never looked at again, however many there are.
    """

    def __init__(self, books: Books, strategy: str, code_hash: str) -> None:
        self._books = books
        self._strategy = strategy
        self._code_hash = code_hash
        self._open: dict[int, dict[str, Any]] = {}
        self._closed = 0
        self._rest: dict[str, Any] = {}

    def read(self) -> BookRecord | None:
        """Return the kept book, if there is one.

        Raises:
            JournalUnavailable: the store does not answer.
        """
        found = self._books.read(self._strategy)
        if found is None:
            return None
        trades, rest = found
        self._open = {trade_id: document for trade_id, document in trades.items() if document["is_open"]}
        self._closed = len(trades) - len(self._open)
        self._rest = {name: value for name, value in rest.items() if name != "judged"}
        return BookRecord(trades=trades, rest=rest)

    def keep(self, book: TradeBook, judged: Mapping[str, int]) -> None:
        """Store what changed since the last time, and with it the newest candles judged by pair.

        That alone is no change: a candle from which nothing followed may be judged again.

        Raises:
            JournalUnavailable: the store does not answer.
        """
        trades = [*book.open_trades, *book.closed_trades[self._closed :]]
        documents = {trade.id: record_trade(trade) for trade in trades}
        changed = [trade for trade in trades if documents[trade.id] != self._open.get(trade.id)]
        dropped = sorted(self._open.keys() - documents.keys())
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
                    document=documents[trade.id],
                )
                for trade in changed
            ],
            dropped=dropped,
            rest={**rest, "judged": dict(judged)},
            now=book.now(),
        )
        self._open = {trade.id: documents[trade.id] for trade in book.open_trades}
        self._closed = len(book.closed_trades)
        self._rest = rest


def code_hash(strategy: type[IStrategy] | IStrategy) -> str:
    """Return the SHA-256 of the strategy's file, empty where it has none."""
    path = Path(strategy.__file__) if strategy.__file__ else None
    return hashlib.sha256(path.read_bytes()).hexdigest() if path is not None and path.is_file() else ""
