"""Closed trades as one table: what every figure of this package is computed from.

Names are freqtrade's; money is in the stake currency, ratios are fractions, dates are UTC.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from trading.backtesting.errors import BacktestError

COLUMNS = (
    "pair",
    "open_date",
    "close_date",
    "open_rate",
    "close_rate",
    "amount",
    "stake_amount",
    "profit_abs",
    "profit_ratio",
    "exit_reason",
    "enter_tag",
    "is_short",
    "leverage",
    "fee_open",
    "fee_close",
)
_NUMBERS = (
    "open_rate",
    "close_rate",
    "amount",
    "stake_amount",
    "profit_abs",
    "profit_ratio",
    "leverage",
    "fee_open",
    "fee_close",
)


class BadTrades(BacktestError):
    """Trades that can't be analysed; the message names what is missing."""

    code = "backtest.bad_trades"


def trade_table(trades: Iterable[Any]) -> pd.DataFrame:
    """Return one row a trade, in the order given, with the columns of `COLUMNS` and `orders`.

    `trades` are objects with attributes of those names. `orders` is the list of a trade's orders,
    empty where it keeps none.

    Raises:
        BadTrades: a trade lacks an attribute.
    """
    try:
        rows = [
            {name: getattr(trade, name) for name in COLUMNS} | {"orders": getattr(trade, "orders", None)}
            for trade in trades
        ]
    except AttributeError as error:
        raise BadTrades(f"a trade can't be analysed: {error}") from error
    return _typed(rows)


def trade_table_of_records(records: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the same table from exported trades, ours or freqtrade's own.

    Raises:
        BadTrades: a record lacks a field.
    """
    for number, record in enumerate(records):
        if missing := [name for name in COLUMNS if name not in record]:
            raise BadTrades(f"trade {number} of the export lacks {', '.join(missing)}")
    wanted = (*COLUMNS, "orders")
    return _typed([{name: record.get(name) for name in wanted} for record in records])


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a table of trades as named tuples."""
    return iter(table.itertuples(index=False))


def _typed(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=[*COLUMNS, "orders"])
    table["orders"] = pd.Series([row["orders"] or [] for row in rows], dtype=object)
    for name in ("open_date", "close_date"):
        table[name] = pd.to_datetime(table[name], utc=True).astype("datetime64[ns, UTC]")
    for name in _NUMBERS:
        table[name] = table[name].astype("float64")
    table["is_short"] = table["is_short"].astype("bool")
    return table
