"""The tables of the flows: rows into COPY, and the statements around it.

Rows go by COPY into a temporary table and from there with ON CONFLICT: a row that is there already
stays as it is, but a venue's own bar takes the place of one built from trades.
"""

from collections.abc import Iterable, Mapping, Sequence

from market.events import Bar, Quote, Trade
from runtime.postgres import Connection
from streaming.flows.rounds import Refused

NS_TO_TIME = "timestamptz 'epoch' + ({0} / 1000) * interval '1 microsecond'"

TRADE_COLUMNS = "venue, symbol, ts_event, ts_init, trade_id, price, size, side"
QUOTE_COLUMNS = "venue, symbol, ts_event, ts_init, bid_price, bid_size, ask_price, ask_size, sequence"
BAR_COLUMNS = (
    "venue, symbol, timeframe, open_time, open, high, low, close, volume, trade_count, source, ts_init"
)

INCOMING = """
CREATE TEMP TABLE IF NOT EXISTS incoming_trades (
    venue text, symbol text, ts_event bigint, ts_init bigint, trade_id text,
    price numeric, size numeric, side text
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS incoming_quotes (
    venue text, symbol text, ts_event bigint, ts_init bigint,
    bid_price numeric, bid_size numeric, ask_price numeric, ask_size numeric, sequence bigint
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS incoming_bars (
    venue text, symbol text, timeframe text, open_time bigint, open numeric, high numeric, low numeric,
    close numeric, volume numeric, trade_count integer, source text, ts_init bigint
) ON COMMIT DELETE ROWS;
"""

INSERT_TRADES = f"""
INSERT INTO trades ({TRADE_COLUMNS})
SELECT venue, symbol, {NS_TO_TIME.format("ts_event")}, {NS_TO_TIME.format("ts_init")},
       trade_id, price, size, side
FROM incoming_trades ON CONFLICT DO NOTHING
"""  # noqa: S608  (built from constants of this file)

INSERT_QUOTES = f"""
INSERT INTO quotes ({QUOTE_COLUMNS})
SELECT venue, symbol, {NS_TO_TIME.format("ts_event")}, {NS_TO_TIME.format("ts_init")},
       bid_price, bid_size, ask_price, ask_size, sequence
FROM incoming_quotes ON CONFLICT DO NOTHING
"""  # noqa: S608  (built from constants of this file)

INSERT_BARS = f"""
INSERT INTO bars AS kept ({BAR_COLUMNS})
SELECT DISTINCT ON (venue, symbol, timeframe, open_time)
       venue, symbol, timeframe, {NS_TO_TIME.format("open_time")}, open, high, low, close, volume,
       trade_count, source, {NS_TO_TIME.format("ts_init")}
FROM incoming_bars
ORDER BY venue, symbol, timeframe, open_time, source DESC, ts_init DESC
ON CONFLICT (venue, symbol, timeframe, open_time) DO UPDATE SET
    open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
    volume = excluded.volume, trade_count = excluded.trade_count, source = excluded.source,
    ts_init = excluded.ts_init
WHERE excluded.source = 'venue' AND (kept.source = 'trades' OR (kept.open, kept.high, kept.low, kept.close,
    kept.volume) IS DISTINCT FROM (excluded.open, excluded.high, excluded.low, excluded.close,
    excluded.volume))
"""  # noqa: S608  (built from constants of this file)

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def prepare(connection: Connection) -> None:
    """Create the temporary tables of a new connection."""
    connection.execute(INCOMING)


def write_trades(connection: Connection, trades: Sequence[Trade]) -> None:
    """Add trades; those that are there already stay."""
    _copy(
        connection,
        "COPY incoming_trades FROM STDIN",
        (
            f"{t.venue}\t{t.symbol}\t{t.ts_event}\t{t.ts_init}\t{_escape(t.trade_id)}"
            f"\t{t.price}\t{t.size}\t{t.side.value}\n"
            for t in trades
        ),
    )
    connection.execute(INSERT_TRADES)


def write_quotes(connection: Connection, quotes: Sequence[Quote]) -> None:
    """Add quotes; those that are there already stay."""
    _copy(
        connection,
        "COPY incoming_quotes FROM STDIN",
        (
            f"{q.venue}\t{q.symbol}\t{q.ts_event}\t{q.ts_init}\t{q.bid_price}\t{q.bid_size}"
            f"\t{q.ask_price}\t{q.ask_size}\t{q.sequence}\n"
            for q in quotes
        ),
    )
    connection.execute(INSERT_QUOTES)


def write_bars(connection: Connection, bars: Sequence[Bar]) -> None:
    """Add bars; the venue's own replace those built from trades, never the reverse."""
    _copy(
        connection,
        "COPY incoming_bars FROM STDIN",
        (
            f"{b.venue}\t{b.symbol}\t{b.timeframe}\t{b.open_time}\t{b.open}\t{b.high}\t{b.low}"
            f"\t{b.close}\t{b.volume}\t{b.trade_count}\t{b.source}\t{b.ts_init}\n"
            for b in bars
        ),
    )
    connection.execute(INSERT_BARS)


def write_quarantine(
    connection: Connection, refused: Sequence[Refused], incarnations: Mapping[str, str]
) -> None:
    """Add refused events; one that was read before from the same place stays as it is.

    A place belongs to its topic's incarnation: in a new log the same numbers come again.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO quarantine (venue, symbol, ts_init, reason, detail, raw, position) "
            "VALUES (%s, %s, timestamptz 'epoch' + (%s / 1000) * interval '1 microsecond', "
            "%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [
                (
                    entry.event.venue,
                    entry.event.symbol,
                    entry.event.ts_init,
                    entry.event.reason,
                    entry.event.detail.replace("\x00", "\\0"),
                    entry.event.raw,
                    f"{incarnations.get(entry.position.partition('/')[0], '')}/{entry.position}",
                )
                for entry in refused
            ],
        )


def _copy(connection: Connection, statement: str, rows: Iterable[str]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        copy.write("".join(rows).encode())


def _escape(text: str) -> str:
    return text if text.isalnum() else text.translate(_ESCAPES)
