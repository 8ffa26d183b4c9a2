"""The store of strategies' books as the host's tests use it: as long as the test lasts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from trading.adapters.strategy_books import KeptTrade


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
        now: datetime,
    ) -> None:
        """Keep it."""
        documents = dict(self._kept.get(strategy, ({}, {}))[0])
        documents |= {trade.trade_id: dict(trade.document) for trade in trades}
        for trade_id in dropped:
            documents.pop(trade_id, None)
        self._kept[strategy] = (documents, dict(rest))
