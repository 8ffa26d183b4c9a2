"""ccxt, unchanged, with nothing but its base URL replaced, sees three ordinary exchanges."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import ccxt
import pytest

from market.clock import NS_PER_MS, SystemClock
from tests.simulator.conftest import Running

SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT", "DOGE/USDT")
VENUES = ("binance", "coinbase", "kraken")


def now_ms() -> int:
    return SystemClock().now_ns() // NS_PER_MS


def _exchange(venue: str, simulator: Running) -> Any:
    """Return ccxt's exchange for a venue with its hosts replaced."""
    options = {"fetchMarkets": {"types": ["spot"]}} if venue == "binance" else {}
    exchange = getattr(ccxt, venue)({"options": options, "enableRateLimit": False})
    base = simulator.url(f"/{venue}")
    api = exchange.urls["api"]
    hosts = {"binance": "https://api.binance.com", "coinbase": "https://api.coinbase.com"}
    host = hosts.get(venue, "https://api.kraken.com")
    for name, url in api.items():
        if isinstance(url, str):
            api[name] = url.replace(host, base)
    return exchange


@pytest.fixture(scope="module", params=VENUES)
def exchange(request: pytest.FixtureRequest, simulator: Running) -> Iterator[Any]:
    exchange = _exchange(request.param, simulator)
    exchange.load_markets()
    yield exchange
    exchange.session.close()


def test_it_loads_every_market_as_active_spot(exchange: Any) -> None:
    assert set(SYMBOLS) <= set(exchange.symbols)
    for symbol in SYMBOLS:
        market = exchange.market(symbol)
        assert market["spot"]
        assert market["active"] is not False
        assert 0 < market["precision"]["price"] < 0.2
        assert 0 < market["precision"]["amount"] <= 1


def test_it_fetches_a_ticker(exchange: Any) -> None:
    ticker = exchange.fetch_ticker("BTC/USDT")
    assert 50_000 < ticker["bid"] < ticker["ask"] < 200_000
    assert ticker["ask"] / ticker["bid"] < 1.001
    assert ticker["last"] == pytest.approx(ticker["bid"], rel=0.005)


def test_it_fetches_an_order_book(exchange: Any) -> None:
    book = exchange.fetch_order_book("ETH/USDT", 10)
    assert len(book["bids"]) == len(book["asks"]) == 10
    assert book["bids"][0][0] < book["asks"][0][0]
    assert all(better[0] > worse[0] for better, worse in pairwise(book["bids"]))
    assert all(better[0] < worse[0] for better, worse in pairwise(book["asks"]))


def test_it_fetches_bars_up_to_now(exchange: Any) -> None:
    since = now_ms() - 3_600_000
    bars = exchange.fetch_ohlcv("SOL/USDT", "1m", since=since, limit=70)
    assert len(bars) >= 59
    assert [bar[0] for bar in bars] == list(range(bars[0][0], bars[0][0] + 60_000 * len(bars), 60_000))
    assert now_ms() - bars[-1][0] < 150_000
    for _, opened, high, low, closed, volume in bars:
        assert low <= min(opened, closed) <= max(opened, closed) <= high
        assert volume > 0


def test_it_fetches_recent_trades(exchange: Any) -> None:
    trades = exchange.fetch_trades("DOGE/USDT", limit=50)
    assert len(trades) == 50
    assert [trade["timestamp"] for trade in trades] == sorted(trade["timestamp"] for trade in trades)
    assert {trade["side"] for trade in trades} <= {"buy", "sell"}
    assert all(trade["price"] > 0 < trade["amount"] for trade in trades)


def test_it_fetches_the_time(exchange: Any) -> None:
    before = now_ms()
    found = exchange.fetch_time()
    assert before // 1000 * 1000 <= found <= now_ms()  # some venues tell whole seconds


def test_it_raises_its_own_error_for_a_bad_symbol(exchange: Any) -> None:
    market = exchange.market("BTC/USDT")
    known, market["id"] = market["id"], "NOSUCHPAIR"
    try:
        with pytest.raises(ccxt.ExchangeError):
            exchange.fetch_order_book("BTC/USDT")
    finally:
        market["id"] = known


def test_venues_agree_on_the_price_within_half_a_percent(simulator: Running) -> None:
    prices = []
    for venue in VENUES:
        exchange = _exchange(venue, simulator)
        prices.append(exchange.fetch_ticker("BTC/USDT")["last"])
        exchange.session.close()
    assert max(prices) / min(prices) < 1.005
