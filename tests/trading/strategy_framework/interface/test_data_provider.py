"""What a strategy may ask for through `dp`, and what a backtest hides from it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tests.trading.strategy_framework.strategy_files import Candles, walk
from trading.strategy_framework.candles.times import timeframe_to_prev_date
from trading.strategy_framework.interface.data_provider import ANALYZED_ROWS_MAX, EPOCH, DataProvider
from trading.strategy_framework.interface.enums import CandleType, RunMode

END = datetime(2025, 6, 30, tzinfo=UTC)
BACKTEST = {"runmode": RunMode.BACKTEST, "timeframe": "5m", "startup_candle_count": 10}


class Market:
    """A venue that answers at once."""

    def ticker(self, pair: str) -> dict[str, Any]:
        return {"symbol": pair, "last": 100.0}

    def orderbook(self, pair: str, maximum: int) -> dict[str, Any]:
        return {"bids": [[99.0, 1.0]] * maximum, "asks": [[101.0, 1.0]] * maximum}

    def funding_rate(self, pair: str) -> dict[str, Any]:
        return {"symbol": pair, "fundingRate": 0.0001}

    def trades(self, pair: str) -> pd.DataFrame:
        return pd.DataFrame({"symbol": [pair]})


def provider(**changes: Any) -> DataProvider:
    config = {**BACKTEST, **changes.pop("config", {})}
    return DataProvider(Candles(), config, whitelist=["ETH/USDT", "BTC/USDT"], **changes)


def test_a_backtest_shows_the_whole_history_before_it_runs() -> None:
    assert len(provider().get_pair_dataframe("ETH/USDT", "1h")) == 300
    assert len(provider().get_pair_dataframe("ETH/USDT")) == 300


@given(st.integers(0, 3000), st.sampled_from(["5m", "1h", "4h"]))
def test_no_candle_that_is_still_open_is_shown(minutes: int, timeframe: str) -> None:
    dp = provider()
    now = END - timedelta(minutes=minutes)
    dp.set_now(now)
    shown = dp.get_pair_dataframe("ETH/USDT", timeframe)
    every = dp.historic_ohlcv("ETH/USDT", timeframe)
    border = pd.Timestamp(timeframe_to_prev_date(timeframe, now))
    pd.testing.assert_frame_equal(shown, every[every["date"] < border])


def test_a_timerange_bounds_the_history_with_each_timeframes_own_warm_up() -> None:
    since = END - timedelta(hours=10)
    dp = provider(since=since, until=END - timedelta(hours=5))
    for timeframe, length in (("5m", timedelta(minutes=5)), ("1h", timedelta(hours=1))):
        dates = dp.get_pair_dataframe("ETH/USDT", timeframe)["date"]
        assert dates.iloc[0] == since - 10 * length
        assert dates.iloc[-1] == END - timedelta(hours=5)


def test_a_frame_that_a_strategy_changes_is_its_own() -> None:
    dp = provider()
    frame = dp.get_pair_dataframe("ETH/USDT", "1h")
    frame["close"] = 0.0
    frame.loc[0, "open"] = -1.0
    again = dp.get_pair_dataframe("ETH/USDT", "1h")
    assert (again["close"] > 0).all()
    assert again["open"].iloc[0] > 0


def test_an_analysed_frame_ends_at_the_present_row_and_is_bounded() -> None:
    dp, frame = provider(), walk(2000)
    dp.set_analyzed("ETH/USDT", "5m", frame)
    assert dp.get_analyzed_dataframe("ETH/USDT", "5m")[0].empty
    dp.set_rows("ETH/USDT", 30)
    assert len(dp.get_analyzed_dataframe("ETH/USDT", "5m")[0]) == 30
    dp.set_rows("ETH/USDT", 1500)
    shown = dp.get_analyzed_dataframe("ETH/USDT", "5m")[0]
    assert (len(shown), shown["date"].iloc[-1]) == (ANALYZED_ROWS_MAX, frame["date"].iloc[1499])
    assert dp.get_analyzed_dataframe("XRP/USDT", "5m")[1] == EPOCH
    dp.clear_cache()
    assert dp.get_analyzed_dataframe("ETH/USDT", "5m")[0].empty


def test_live_shows_all_that_there_is() -> None:
    dp = provider(config={"runmode": RunMode.DRY_RUN}, venue=Market())
    dp.set_analyzed("ETH/USDT", "5m", walk(2000), END)
    frame, at = dp.get_analyzed_dataframe("ETH/USDT", "5m")
    assert (len(frame), at) == (2000, END)
    assert len(dp.get_pair_dataframe("ETH/USDT", "1h")) == 300
    assert dp.available_pairs[0] == ("ETH/USDT", "5m", CandleType.SPOT)
    assert dp.ticker("ETH/USDT")["last"] == 100.0
    assert len(dp.orderbook("ETH/USDT", 3)["bids"]) == 3
    assert dp.funding_rate("ETH/USDT")["fundingRate"] == 0.0001
    assert len(dp.trades("ETH/USDT")) == 1


def test_what_has_no_history_is_empty_in_a_backtest() -> None:
    dp = provider()
    assert dp.ticker("ETH/USDT") == {}
    assert dp.orderbook("ETH/USDT", 5) == {"bids": [], "asks": []}
    assert dp.funding_rate("ETH/USDT") == {}
    assert dp.trades("ETH/USDT").empty
    assert dp.ohlcv("ETH/USDT").empty
    assert dp.available_pairs == []
    assert dp.check_delisting("ETH/USDT") is None
    assert dp.get_producer_pairs() == []
    assert dp.get_producer_df("ETH/USDT")[0].empty


def test_a_market_has_base_and_quote() -> None:
    market = provider().market("ETH/USDT:USDT")
    assert market is not None
    assert (market["base"], market["quote"], market["swap"]) == ("ETH", "USDT", True)
    assert provider().market("nonsense") is None
    known = provider(markets={"ETH/USDT": {"taker": 0.001}})
    assert (known.market("ETH/USDT") or {})["taker"] == 0.001
    assert known.market("BTC/USDT") is None


def test_funding_rates_have_a_timeframe_of_their_own() -> None:
    frame = provider().get_pair_dataframe("ETH/USDT", "4h", "funding_rate")
    assert frame["date"].diff().iloc[1] == timedelta(hours=1)


def test_messages_go_out_once_and_only_when_trading() -> None:
    dp = provider(config={"runmode": RunMode.DRY_RUN})
    dp.send_msg("bought")
    dp.send_msg("bought")
    dp.send_msg("bought", always_send=True)
    assert list(dp.messages) == ["bought", "bought"]
    backtest = provider()
    backtest.send_msg("bought")
    assert not backtest.messages


def test_the_whitelist_is_a_copy() -> None:
    dp = provider()
    dp.current_whitelist().append("XRP/USDT")
    assert dp.current_whitelist() == ["ETH/USDT", "BTC/USDT"]
    assert dp.runmode is RunMode.BACKTEST
