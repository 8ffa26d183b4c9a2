"""What the paper host did, as its tables tell it: trades, refused orders, and the bars as known now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg import sql

from runtime.postgres import Connection
from trading.api.host.account import EPOCH, SIGNAL_CLOSE
from trading.api.host.book_record import restore_trade
from trading.backtesting.reality import Candle, Gap, PaperTrade

_TRADES = """
    SELECT document, code_hash FROM strategy_trades
    WHERE strategy = %s AND pair = %s AND opened_at < %s AND (closed_at IS NULL OR closed_at >= %s)
    ORDER BY opened_at
"""
_REFUSALS = """
    SELECT intent.ts, refusal.payload ->> 'code'
    FROM journal AS intent JOIN journal AS refusal USING (client_order_id)
    WHERE intent.kind = 'intent' AND intent.payload -> 'signal' ->> 'strategy' = %s
      AND intent.payload -> 'signal' ->> 'symbol' = %s AND intent.ts >= %s AND intent.ts < %s
      AND refusal.kind = 'order' AND refusal.payload ->> 'state' = 'DENIED'
"""
_BARS = """
    SELECT open_time + interval '1 minute', close::float8, ts_init FROM bars
    WHERE venue = %s AND symbol = %s AND timeframe = '1m' AND open_time >= %s AND open_time < %s
"""
_CHECK = """
    INSERT INTO reality_checks (day, strategy, symbol, checked_at, paper_trades, backtest_trades,
        paper_profit, backtest_profit, data_hash, code_hash)
    VALUES (%(day)s, %(strategy)s, %(symbol)s, %(checked_at)s, %(paper_trades)s, %(backtest_trades)s,
        %(paper_profit)s, %(backtest_profit)s, %(data_hash)s, %(code_hash)s)
"""
_GAP = """
    INSERT INTO reality_gaps (day, strategy, symbol, place, cause, field, opened_at, paper, backtest, detail)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def strategies_on_paper(connection: Connection) -> list[str]:
    """Return the names of the strategies whose books are kept."""
    return [
        name for (name,) in connection.execute("SELECT strategy FROM strategy_books ORDER BY 1").fetchall()
    ]


def paper_trades(
    connection: Connection, strategy: str, symbol: str, *, since: datetime, until: datetime
) -> list[PaperTrade]:
    """Return the trades that were held at some time in [since, until)."""
    rows = connection.execute(_TRADES, (strategy, symbol, until, since)).fetchall()
    return [trade for document, code_hash in rows if (trade := _trade(document, code_hash)) is not None]


def refusals(
    connection: Connection,
    strategy: str,
    symbol: str,
    *,
    since: datetime,
    until: datetime,
    timeframe: timedelta,
) -> dict[datetime, str]:
    """Return the codes of refused orders by the open of the candle in which they were refused."""
    rows = connection.execute(_REFUSALS, (strategy, symbol, since, until)).fetchall()
    return {moment - (moment - EPOCH) % timeframe: code or "refused" for moment, code in rows}


def candles_known(
    connection: Connection, venue: str, symbol: str, *, since: datetime, until: datetime
) -> dict[datetime, Candle]:
    """Return the minutes as the database knows them, by close time."""
    rows = connection.execute(_BARS, (venue, symbol, since, until)).fetchall()
    return {closed: Candle(close, known_at) for closed, close, known_at in rows}


def store_check(connection: Connection, check: dict[str, Any], gaps: Sequence[Gap]) -> None:
    """Store one comparison in place of an earlier one of the same day, strategy and symbol."""
    key = (check["day"], check["strategy"], check["symbol"])
    with connection.transaction(), connection.cursor() as cursor:
        for table in ("reality_gaps", "reality_checks"):
            cursor.execute(
                sql.SQL("DELETE FROM {} WHERE day = %s AND strategy = %s AND symbol = %s").format(
                    sql.Identifier(table)
                ),
                key,
            )
        cursor.execute(_CHECK, check)
        cursor.executemany(
            _GAP,
            [
                (*key, place, gap.cause, gap.field, gap.opened_at, gap.paper, gap.backtest, gap.detail)
                for place, gap in enumerate(gaps)
            ],
        )


def _trade(document: dict[str, Any], code_hash: str) -> PaperTrade | None:
    trade = restore_trade(document)
    entries, exits = trade.select_filled_orders(trade.entry_side), trade.select_filled_orders(trade.exit_side)
    if not entries:
        return None
    closing = exits[-1] if exits and not trade.is_open else None
    return PaperTrade(
        open_date=trade.open_date_utc,
        close_date=None if trade.is_open else trade.close_date_utc,
        open_rate=entries[0].safe_price,
        decided_open_rate=entries[0].ft_price,
        close_rate=None if closing is None else closing.safe_price,
        decided_close_rate=None if closing is None else closing.ft_price,
        fee_open=trade.fee_open,
        exit_reason=trade.exit_reason or "",
        orders=len(entries) + len(exits),
        profit_abs=0.0 if trade.is_open else trade.close_profit_abs or 0.0,
        code_hash=code_hash,
        signal_close=vars(trade).get(SIGNAL_CLOSE),
    )
