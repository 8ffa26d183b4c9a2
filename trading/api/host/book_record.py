"""A strategy's trades, locks and notes as plain values that JSON can hold, and back.

Every float comes back as the same float, every time as the same aware time: a book that was written
and read trades on as if nothing had happened. What a strategy hung on a trade itself is not kept,
unless it is a plain value; `set_custom_data` is the place for notes. In text, what a database can't
hold comes back as U+FFFD.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from trading.core.texts import storable
from trading.strategy_framework.trades.book import TradeBook
from trading.strategy_framework.trades.order import Order
from trading.strategy_framework.trades.trade import Trade

_PLAIN = (bool, int, float, str, type(None))
_TIME, _FLOAT = "$time", "$float"


class BookRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A whole book: documents of its trades by trade id, and of everything else in it."""

    trades: Mapping[int, dict[str, Any]]
    rest: dict[str, Any]


def record_trade(trade: Trade) -> dict[str, Any]:
    """Return a trade and its orders."""
    fields = _packed(vars(trade), without=("orders",))
    return fields | {"orders": [_packed(vars(order), without=("trade",)) for order in trade.orders]}


def restore_trade(document: Mapping[str, Any]) -> Trade:
    """Return the trade of a document."""
    trade = Trade(**_unpacked({name: value for name, value in document.items() if name != "orders"}))
    trade.orders = [Order(**_unpacked(order), trade=trade) for order in document["orders"]]
    return trade


def record_rest(book: TradeBook) -> dict[str, Any]:
    """Return what a book holds beside its trades: counters, profit, locks that last, notes."""
    now = book.now()
    return {
        "counters": list(book.counters),
        "total_closed_profit": book.total_closed_profit,
        # Ended locks bind nobody; with them the document would grow by each trade of a cooldown.
        "locks": [_packed(vars(lock)) for lock in book.locks if lock.lock_end_time > now],
        "notes": [_packed(vars(note), without=("value",)) for note in book.custom_data.everything()],
    }


def restore_book(book: TradeBook, record: BookRecord) -> None:
    """Fill an empty book with what was recorded."""
    closed = [restore_trade(document) for _, document in sorted(record.trades.items())]
    for trade in sorted(closed, key=lambda trade: (trade.is_open, trade.close_date or trade.open_date)):
        book.add(trade)
    rest = record.rest
    book.count_from(*rest["counters"])
    book.total_closed_profit = rest["total_closed_profit"]
    for document in rest["locks"]:
        fields = _unpacked(document)
        # A lock ends at the border after the time that it is asked for.
        end = fields["lock_end_time"].timestamp() - 1
        until = datetime.fromtimestamp(end, tz=fields["lock_end_time"].tzinfo)
        lock = book.locks.lock(
            fields["pair"], until, fields["reason"], now=fields["lock_time"], side=fields["side"]
        )
        vars(lock).update(fields)
    for document in rest["notes"]:
        fields = _unpacked(document)
        book.custom_data.restore(fields)


def _packed(fields: Mapping[str, Any], *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        name: _pack(value)
        for name, value in fields.items()
        if name not in without and not name.startswith("_") and isinstance(value, (*_PLAIN, datetime))
    }


def _unpacked(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _unpack(value) for name, value in fields.items()}


def _pack(value: Any) -> Any:
    if isinstance(value, datetime):
        return {_TIME: value.isoformat()}
    if isinstance(value, float):
        # Numbers that JSON lacks, and the sign of zero, survive as text; so does float beside int.
        return {_FLOAT: repr(float(value))}
    if isinstance(value, str):
        return storable(value)
    return value


def _unpack(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if _TIME in value:
        return datetime.fromisoformat(value[_TIME])
    return float(value[_FLOAT])
