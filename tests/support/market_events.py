"""Builders of market events with defaults, and hypothesis strategies of them."""

from decimal import Decimal

from hypothesis import strategies as st

from market.clock import NS_PER_S
from market.events import Bar, BookDelta, BookSnapshot, FeedState, FeedStatus, Level, Quote, Side, Trade

NOON = 1_723_118_400 * NS_PER_S
"""2024-08-08 12:00:00 UTC, nanoseconds: the start of a minute."""

MINUTE = 60 * NS_PER_S


def trade(
    price: str | Decimal = "100",
    size: str | Decimal = "1",
    at: int = NOON,
    *,
    symbol: str = "BTC/USDT",
    venue: str = "binance",
    trade_id: str = "1",
    received: int | None = None,
) -> Trade:
    return Trade(
        venue=venue,
        symbol=symbol,
        ts_event=at,
        ts_init=at if received is None else received,
        price=Decimal(price),
        size=Decimal(size),
        side=Side.BUY,
        trade_id=trade_id,
    )


def quote(
    bid: str = "99", ask: str = "101", at: int = NOON, *, symbol: str = "BTC/USDT", venue: str = "binance"
) -> Quote:
    return Quote(
        venue=venue,
        symbol=symbol,
        ts_event=at,
        ts_init=at,
        bid_price=Decimal(bid),
        bid_size=Decimal(2),
        ask_price=Decimal(ask),
        ask_size=Decimal(3),
    )


def levels(*pairs: tuple[str, str]) -> list[Level]:
    return [(Decimal(price), Decimal(size)) for price, size in pairs]


def snapshot(
    bids: list[Level] | None = None,
    asks: list[Level] | None = None,
    at: int = NOON,
    *,
    symbol: str = "BTC/USDT",
    venue: str = "binance",
    sequence: int = 1,
) -> BookSnapshot:
    return BookSnapshot(
        venue=venue,
        symbol=symbol,
        ts_event=at,
        ts_init=at,
        sequence=sequence,
        bids=levels(("99", "1"), ("98", "2")) if bids is None else bids,
        asks=levels(("101", "1"), ("102", "2")) if asks is None else asks,
    )


def delta(
    bids: list[Level] | None = None,
    asks: list[Level] | None = None,
    at: int = NOON,
    *,
    symbol: str = "BTC/USDT",
    venue: str = "binance",
    sequence: int = 2,
) -> BookDelta:
    return BookDelta(
        venue=venue,
        symbol=symbol,
        ts_event=at,
        ts_init=at,
        first_sequence=sequence,
        sequence=sequence,
        bids=bids or [],
        asks=asks or [],
    )


def status(
    state: FeedState,
    reason: str = "",
    at: int = NOON,
    *,
    symbol: str = "BTC/USDT",
    venue: str = "binance",
) -> FeedStatus:
    return FeedStatus(venue=venue, symbol=symbol, ts_event=at, ts_init=at, state=state, reason=reason)


def bar(
    open_time: int = NOON,
    *,
    prices: tuple[str, str, str, str] = ("100", "110", "90", "105"),
    volume: str = "5",
    trade_count: int = 3,
    source: str = "trades",
    symbol: str = "BTC/USDT",
    venue: str = "binance",
) -> Bar:
    first, high, low, close = map(Decimal, prices)
    return Bar(
        venue=venue,
        symbol=symbol,
        ts_event=open_time + MINUTE,
        ts_init=open_time + MINUTE,
        timeframe="1m",
        open_time=open_time,
        close_time=open_time + MINUTE,
        open=first,
        high=high,
        low=low,
        close=close,
        volume=Decimal(volume),
        trade_count=trade_count,
        source=source,  # type: ignore[arg-type]
    )


prices = st.decimals("0.01", "99999", places=2)
sizes = st.decimals("0.001", "1000", places=3)


@st.composite
def trade_series(draw: st.DrawFn, *, minutes: int = 6, trades_max: int = 40) -> list[Trade]:
    """Trades of one instrument in the order of their time."""
    offsets = draw(st.lists(st.integers(0, minutes * MINUTE - 1), min_size=1, max_size=trades_max))
    return [
        trade(draw(prices), draw(sizes), NOON + offset, trade_id=str(number))
        for number, offset in enumerate(sorted(offsets))
    ]
