"""`tidegate download` fills freqtrade's layout and the table of bars, resumes, and survives bad networks."""

from pathlib import Path
from typing import Any

import ccxt
import msgspec
import numpy as np
import pytest

from runtime.postgres import connect
from runtime.settings import CoreSettings
from tests.simulator.conftest import Running, simulator  # noqa: F401 - a fixture
from tests.trading.adapters.history.fake_exchange import MINUTE_MS, START_MS, FakeExchange
from trading.adapters.history import download as downloads
from trading.adapters.history.__main__ import main
from trading.adapters.history.bars_table import store_bars
from trading.adapters.history.download import Order
from trading.adapters.history.errors import UnknownSymbol, UnknownVenue, VenueUnavailable
from trading.adapters.history.series import Series, fetch_series
from trading.adapters.history.venue import Venue, open_venue
from trading.backtesting.data.markets import read_markets
from trading.backtesting.data.stores.database import DatabaseStore
from trading.backtesting.data.stores.folder import FolderStore

PAIR = "BTC/USDT"


def minutes(first: int, last: int) -> Series:
    return Series(PAIR, "1m", "spot", START_MS + first * MINUTE_MS, START_MS + last * MINUTE_MS)


def opens(folder: Path, pair: str = PAIR, timeframe: str = "1m", candle_type: str = "spot") -> list[int]:
    dates = FolderStore(folder).candles(pair, timeframe, candle_type)["date"]
    return [(date.value // 1_000_000 - START_MS) // MINUTE_MS for date in dates]


def venue(exchange: FakeExchange, slept: list[float] | None = None) -> Venue:
    return Venue("fake", exchange, sleep=(slept if slept is not None else []).append)


def test_pages_follow_one_another_without_a_hole(tmp_path: Path) -> None:
    exchange = FakeExchange()
    candles, new = fetch_series(venue(exchange), tmp_path, minutes(0, 2500))
    assert new == len(candles.dates_ms) == 2500
    assert opens(tmp_path) == list(range(2500))
    assert len(exchange.asked_since) == 3


def test_the_same_command_again_asks_for_nothing_but_the_end(tmp_path: Path) -> None:
    exchange = FakeExchange()
    fetch_series(venue(exchange), tmp_path, minutes(0, 2500))
    exchange.asked_since.clear()
    _, new = fetch_series(venue(exchange), tmp_path, minutes(0, 2600))
    assert new == 100
    assert exchange.asked_since == [START_MS + 2499 * MINUTE_MS]
    assert opens(tmp_path) == list(range(2600))


def test_an_earlier_start_is_joined_to_what_is_there(tmp_path: Path) -> None:
    exchange = FakeExchange()
    fetch_series(venue(exchange), tmp_path, minutes(2000, 2100))
    _, new = fetch_series(venue(exchange), tmp_path, minutes(100, 2100))
    assert new == 1900
    assert opens(tmp_path) == list(range(100, 2100))


def test_what_came_before_a_failure_is_kept_and_the_rest_follows(tmp_path: Path) -> None:
    exchange, slept = FakeExchange(page=500), list[float]()
    fetch_series(venue(exchange), tmp_path, minutes(0, 500))
    exchange.failures = [ccxt.RequestTimeout("slow")] * 5
    with pytest.raises(
        VenueUnavailable, match=r"fake does not answer after 5 tries \(RequestTimeout: slow\)"
    ):
        fetch_series(venue(exchange, slept), tmp_path, minutes(0, 1500))
    assert slept == [1, 2, 4, 8]
    assert opens(tmp_path) == list(range(500))
    exchange.failures = [ccxt.RateLimitExceeded("later"), ccxt.ExchangeNotAvailable("down")]
    fetch_series(venue(exchange, slept), tmp_path, minutes(0, 1500))
    assert opens(tmp_path) == list(range(1500))


def test_pages_before_a_failure_in_the_middle_are_in_the_file(tmp_path: Path) -> None:
    class Failing(FakeExchange):
        def fetch_ohlcv(self, *arguments: Any, **named: Any) -> list[list[float]]:
            if len(self.asked_since) == 3:
                raise ccxt.AuthenticationError("no more for you")
            return super().fetch_ohlcv(*arguments, **named)

    with pytest.raises(VenueUnavailable, match="fake refuses: no more for you"):
        fetch_series(venue(Failing(page=500)), tmp_path, minutes(0, 3000))
    assert opens(tmp_path) == list(range(1500))


def test_a_pair_that_was_listed_later_starts_there(tmp_path: Path) -> None:
    exchange = FakeExchange(listed_ms=START_MS + 700 * MINUTE_MS, minutes=100)
    candles, _ = fetch_series(venue(exchange), tmp_path, minutes(0, 800))
    assert candles.dates_ms[0] == exchange.listed_ms
    assert len(candles.dates_ms) == 100


def test_a_time_without_candles_writes_no_file(tmp_path: Path) -> None:
    exchange = FakeExchange(minutes=100)
    candles, new = fetch_series(venue(exchange), tmp_path, minutes(5000, 90_000))
    assert (len(candles.dates_ms), new) == (0, 0)
    assert list(tmp_path.iterdir()) == []
    assert len(exchange.asked_since) == 5


def futures_order(folder: Path, exchange: FakeExchange) -> Order:
    return Order(
        venue="fake",
        pairs=("BTC/USDT:USDT",),
        timeframes=("5m",),
        is_futures=True,
        start_ms=START_MS,
        end_ms=exchange.now_ms,
        now_ms=exchange.now_ms,
        folder=folder,
        uses_database=False,
    )


def test_futures_come_with_mark_prices_and_funding_rates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    exchange = FakeExchange(minutes=2999)
    monkeypatch.setattr(downloads, "open_venue", lambda *_, **__: venue(exchange))
    assert downloads.download(futures_order(tmp_path, exchange)) == 0
    pair = "BTC/USDT:USDT"
    assert opens(tmp_path, pair, "5m", "futures") == list(range(0, 2991, 5))  # the last one is still open
    assert opens(tmp_path, pair, "1h", "mark") == list(range(0, 2940, 60))
    rates = FolderStore(tmp_path).candles(pair, "1h", "funding_rate")
    assert rates["funding_rate"].tolist() == [0.0001] * 7
    assert read_markets(tmp_path / "markets.json")[pair].taker == 0.0005
    assert read_markets(tmp_path / "markets.json")[pair].leverage_tiers[0].leverage_max == 20
    assert "BTC/USDT:USDT 1h funding_rate: 7 new, 7 in all" in capsys.readouterr().out


def test_a_late_listing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    exchange = FakeExchange(listed_ms=START_MS + 2000 * MINUTE_MS, minutes=600)
    monkeypatch.setattr(downloads, "open_venue", lambda *_, **__: venue(exchange))
    order = msgspec.structs.replace(futures_order(tmp_path, exchange), start_ms=START_MS)
    assert downloads.download(order) == 0
    assert "; the exchange gives none before 2024-01-02 09:20" in capsys.readouterr().out


def test_tiers_that_need_an_account_are_left_out() -> None:
    exchange = FakeExchange()
    exchange.tiers_are_private = True
    assert "leverage_tiers" not in venue(exchange).markets(["BTC/USDT:USDT"])[0]


def test_what_an_exchange_does_not_have_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = FakeExchange()
    missing = (
        r"^fake does not list BTC/USD \(did you mean BTC/USDT\?\) or ADA/EUR; it lists BTC/USDT, BTC/USDT:"
    )
    with pytest.raises(UnknownSymbol, match=missing):
        venue(exchange).markets(["BTC/USD", PAIR, "ADA/EUR"])
    with pytest.raises(UnknownVenue, match="ccxt knows no exchange 'binnance'; did you mean binance"):
        open_venue("binnance")
    exchange.timeframes.pop("5m")
    monkeypatch.setattr(downloads, "open_venue", lambda *_, **__: venue(exchange))
    with pytest.raises(UnknownVenue, match="fake has no 5m candles; it has 1m, 1h"):
        downloads.download(futures_order(tmp_path, exchange))


def test_a_long_list_of_pairs_is_counted() -> None:
    exchange = FakeExchange()
    markets = {f"C{number}/USDT": {} for number in range(1500)}
    exchange.load_markets = lambda: markets  # type: ignore[method-assign]
    with pytest.raises(UnknownSymbol, match=r"^fake does not list ADA/EUR; it lists 1,500 other pairs$"):
        venue(exchange).markets(["ADA/EUR"])


def test_decimal_places_become_tick_sizes() -> None:
    exchange = FakeExchange()
    exchange.precisionMode = ccxt.DECIMAL_PLACES
    markets = {PAIR: {"symbol": PAIR, "precision": {"price": 2, "amount": None}}}
    exchange.load_markets = lambda: markets  # type: ignore[method-assign]
    assert venue(exchange).markets([PAIR])[0]["precision"] == {"price": 0.01, "amount": None}


def test_candles_go_into_the_table_once_and_come_out_the_same(
    tmp_path: Path, postgres_settings: CoreSettings
) -> None:
    candles, _ = fetch_series(venue(FakeExchange()), tmp_path, minutes(0, 2500))
    with connect(postgres_settings) as connection:
        assert store_bars(connection, "fake", PAIR, "1m", candles) == 2500
        assert store_bars(connection, "fake", PAIR, "1m", candles) == 0
    database = DatabaseStore(postgres_settings, "fake")
    assert list(database.pairs("5m")) == [PAIR]
    np.testing.assert_array_equal(database.candles(PAIR, "1m")["volume"], candles.values["volume"])
    assert len(database.candles(PAIR, "5m")) == 500
    assert database.candles("ETH/USDT", "1m").empty


def test_the_simulated_exchange_fills_a_folder_that_backtests_read(
    simulator: Running,  # noqa: F811 - the fixture
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TIDEGATE_SIMULATOR_URL", simulator.url(""))
    monkeypatch.setenv("TIDEGATE_DATA_DIR", str(tmp_path))
    arguments = ["--pairs", "BTC/USDT", "ETH/USDT", "--timeframes", "5m", "--days", "1"]
    assert main(arguments) == 0
    said = capsys.readouterr()
    assert "into files only" in said.err  # no database runs here
    folder = FolderStore(tmp_path / "candles/simulated/binance")
    assert not (tmp_path / "candles/binance").exists()  # where real ones are, and merge with what is there
    assert f"simulated prices of {simulator.url('')}" in said.out
    assert f"use them with --datadir {folder.folder}" in said.out
    assert folder.pairs("5m") == ["BTC/USDT", "ETH/USDT"]
    first = folder.candles(PAIR, "5m")
    assert len(first) >= 288
    assert not folder.remarks
    assert read_markets(folder.folder / "markets.json")[PAIR].price_tick == 0.01
    assert main([*arguments, "--no-database"]) == 0
    assert len(folder.candles(PAIR, "5m")) - len(first) in {0, 1}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say which --pairs"),
        (["--pairs", "A/B", "--timerange", "-20240101"], "has no start"),
        (["--pairs", "A/B", "--timerange", "29990101-"], "lies in the future"),
        (["--pairs", "A/B", "--exchange", "nowhere"], "ccxt knows no exchange 'nowhere'"),
        (["--pairs", "A/B", "--timeframes", "soon"], "soon"),
        (["--pairs", "XBT/USDT"], "binance does not list XBT/USDT"),
    ],
)
def test_bad_input_is_one_line(
    simulator: Running,  # noqa: F811 - the fixture
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TIDEGATE_SIMULATOR_URL", simulator.url(""))
    monkeypatch.setenv("TIDEGATE_DATA_DIR", str(tmp_path))
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert said in error
