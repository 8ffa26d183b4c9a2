"""The questions that strategies ask the `Trade` class, answered from the active book."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from trading.strategy_framework.trades import book

if TYPE_CHECKING:
    from trading.strategy_framework.trades.trade import Trade

Filter = Callable[[Any], bool]


class Column:
    """A field of the class (`Trade.pair`): comparing it makes a filter for `Trade.get_trades`."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, name: str) -> None:
        self._name = name

    def _filter(self, test: Callable[[Any], bool]) -> Filter:
        def matches(trade: Any) -> bool:
            value = getattr(trade, self._name)
            return value is not None and test(value)

        return matches

    def __eq__(self, other: object) -> Filter:  # type: ignore[override]
        return self.is_(other) if other is None else self._filter(lambda value: value == other)

    def __ne__(self, other: object) -> Filter:  # type: ignore[override]
        return self.is_not(other) if other is None else self._filter(lambda value: value != other)

    def __lt__(self, other: Any) -> Filter:
        return self._filter(lambda value: value < other)

    def __le__(self, other: Any) -> Filter:
        return self._filter(lambda value: value <= other)

    def __gt__(self, other: Any) -> Filter:
        return self._filter(lambda value: value > other)

    def __ge__(self, other: Any) -> Filter:
        return self._filter(lambda value: value >= other)

    def is_(self, other: object) -> Filter:
        """Match trades whose field is `other`: True, False or None."""
        return lambda trade: getattr(trade, self._name) is other

    def is_not(self, other: object) -> Filter:
        """Match trades whose field is not `other`."""
        return lambda trade: getattr(trade, self._name) is not other

    def in_(self, values: Iterable[Any]) -> Filter:
        """Match trades whose field is one of `values`."""
        allowed = list(values)
        return self._filter(lambda value: value in allowed)


class FieldsAsColumns(type):
    """Gives `Trade.<field>` as a column; instances keep their own values."""

    def __getattr__(cls, name: str) -> Column:
        fields: dict[str, Any] = type.__getattribute__(cls, "_defaults")
        if name in fields or name == "open_date":
            return Column(name)
        raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")


class Found:
    """The result of a query."""

    def __init__(self, trades: list["Trade"]) -> None:
        self._trades = trades

    def __iter__(self) -> Iterator["Trade"]:
        return iter(self._trades)

    def all(self) -> list["Trade"]:
        """Return all trades found."""
        return self._trades

    def first(self) -> "Trade | None":
        """Return the first trade found."""
        return self._trades[0] if self._trades else None


class TradeQueries:
    """Class methods under freqtrade's names."""

    @staticmethod
    def get_trades_proxy(
        *,
        pair: str | None = None,
        is_open: bool | None = None,
        open_date: datetime | None = None,
        close_date: datetime | None = None,
    ) -> list["Trade"]:
        """Return trades of a pair and state, opened after `open_date`, closed after `close_date`."""
        books = book.current()
        if is_open is False and close_date and not open_date:
            return books.closed_since(close_date, pair or None)
        trades: list[Trade] = []
        if not is_open:
            trades += books.closed_trades_of(pair) if pair else books.closed_trades
        if is_open is not False:
            trades += books.open_trades_of(pair) if pair else books.open_trades
        return [
            trade
            for trade in trades
            if (not open_date or trade.open_date > open_date)
            and (not close_date or (trade.close_date is not None and trade.close_date > close_date))
        ]

    @staticmethod
    def get_open_trades() -> list["Trade"]:
        """Return the open trades, oldest first."""
        return list(book.current().open_trades)

    @staticmethod
    def get_open_trade_count() -> int:
        """Return how many trades are open, unfilled entries included."""
        return len(book.current().open_trades)

    @staticmethod
    def total_open_trades_stakes() -> float:
        """Return the stakes of the open trades."""
        return sum(trade.stake_amount for trade in book.current().open_trades) or 0

    @staticmethod
    def get_total_closed_profit() -> float:
        """Return the profit of the closed trades, in stake currency."""
        return sum(trade.close_profit_abs or 0.0 for trade in book.current().closed_trades) or 0

    @staticmethod
    def get_trades(trade_filter: Filter | list[Filter] | None = None, include_orders: bool = True) -> Found:  # noqa: ARG004, FBT001, FBT002
        """Return the trades that match all filters, such as `[Trade.pair == pair, Trade.is_open.is_(True)]`.

        Raises:
            NotImplementedError: in a backtest, as in freqtrade; ask `get_trades_proxy` there.
        """
        books = book.current()
        if not books.queries:
            raise NotImplementedError("`Trade.get_trades()` not supported in backtesting mode.")
        filters = trade_filter if isinstance(trade_filter, list) else [trade_filter] if trade_filter else []
        trades = sorted([*books.closed_trades, *books.open_trades], key=lambda trade: trade.id)
        return Found([trade for trade in trades if all(matches(trade) for matches in filters)])

    @staticmethod
    def stoploss_reinitialization(desired_stoploss: float) -> None:
        """Set open trades' stops anew where they have not moved yet and the setting changed."""
        for trade in book.current().open_trades:
            if not trade.is_stop_loss_trailing and trade.initial_stop_loss_pct != desired_stoploss:
                trade.reset_stop_loss(desired_stoploss)

    @staticmethod
    def commit() -> None:
        """Do nothing: trades are saved by the run that owns them."""

    @staticmethod
    def rollback() -> None:
        """Do nothing: trades are saved by the run that owns them."""
