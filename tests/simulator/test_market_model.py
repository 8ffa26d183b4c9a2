"""The generated market: one function of seed and time, consistent however it is asked."""

from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest

from market.clock import NS_PER_S
from simulator.market_model.book import BookChange
from simulator.market_model.listings import COINS, VENUES, list_symbol
from simulator.market_model.market import Market, Pace
from simulator.market_model.noise import key_of, uniform
from simulator.market_model.price_path import MINUTE_NS, PricePath
from simulator.market_model.tape import Print, Tape

NOW_NS = 1_795_356_031_123_456_789
MINUTE = NOW_NS // MINUTE_NS


def _market(
    symbol: str = "BTC/USDT", venue: str = "binance", *, seed: int = 7, now_ns: int = NOW_NS
) -> Market:
    return Market(seed, list_symbol(symbol, venue), Pace(2.0, 6.0), now_ns)


def _tape(symbol: str = "BTC/USDT", venue: str = "binance", *, seed: int = 7) -> Tape:
    return Tape(seed, list_symbol(symbol, venue), 120.0)


def test_noise_is_the_same_for_a_key_and_index_and_spread_evenly() -> None:
    numbers = uniform(key_of("a", 1), np.arange(100_000))
    assert (numbers == uniform(key_of("a", 1), np.arange(100_000))).all()
    assert (numbers != uniform(key_of("a", 2), np.arange(100_000))).all()
    assert 0 <= numbers.min() < numbers.max() < 1
    assert np.histogram(numbers, bins=10)[0].min() > 9_600


def test_the_same_seed_gives_the_same_updates_and_another_seed_others() -> None:
    first, second, other = _market(), _market(), _market(seed=8)
    for step in range(1, 100):
        now_ns = NOW_NS + step * 20_000_000
        assert first.advance(now_ns) == second.advance(now_ns)
    assert other.advance(NOW_NS + 2 * NS_PER_S) != _market().advance(NOW_NS + 2 * NS_PER_S)


def test_updates_do_not_depend_on_how_often_time_is_advanced() -> None:
    slow, quick = _market(), _market()
    at_once = slow.advance(NOW_NS + 90 * NS_PER_S)
    in_steps = [update for step in range(1, 901) for update in quick.advance(NOW_NS + step * NS_PER_S // 10)]
    assert at_once == in_steps


def test_a_bar_asked_for_later_equals_the_trades_that_were_sent() -> None:
    start_ns = MINUTE * MINUTE_NS - 5 * NS_PER_S
    market = _market(now_ns=start_ns)
    by_minute: dict[int, list[Print]] = defaultdict(list)
    for update in market.advance(start_ns + 200 * NS_PER_S):
        if isinstance(update, Print):
            by_minute[update.ts_ns // MINUTE_NS].append(update)
    fresh = _market(now_ns=start_ns + 86_400 * NS_PER_S)  # another process, a day later
    bars = fresh.candles.minutes(MINUTE, MINUTE + 3, start_ns + 86_400 * NS_PER_S)
    assert bars.open_minute.tolist() == [MINUTE, MINUTE + 1, MINUTE + 2]
    for row, minute in enumerate(bars.open_minute.tolist()):
        prices = [trade.price for trade in by_minute[minute]]
        bar = [bars.open[row], bars.high[row], bars.low[row], bars.close[row], bars.volume[row]]
        assert bar == [
            prices[0],
            max(prices),
            min(prices),
            prices[-1],
            sum(t.size for t in by_minute[minute]),
        ]
        assert bars.trade_count[row] == len(prices)
        assert bars.first_id[row] == by_minute[minute][0].trade_id


def test_trade_ids_have_no_gap_and_times_never_go_back() -> None:
    trades = _tape("DOGE/USDT", "kraken").trades(MINUTE, MINUTE + 500)
    assert (np.diff(trades.trade_id) == 1).all()
    assert (np.diff(trades.ts_ns) >= 0).all()
    assert (trades.ts_ns // MINUTE_NS == trades.minute).all()
    assert np.unique(trades.minute).size == 500, "each minute has a trade"
    assert trades.size.min() >= 1


def test_trades_come_in_bursts() -> None:
    waits = np.diff(_tape().trades(MINUTE, MINUTE + 300).ts_ns)
    assert waits.std() > 1.3 * waits.mean(), "an even flow would give 1"


@pytest.mark.parametrize("length", [1, 5, 60])
def test_any_page_of_bars_shows_the_same_bars(length: int) -> None:
    candles = Market(7, list_symbol("BTC/USDT", "binance"), Pace(0.1, 1.0), NOW_NS).candles
    end = MINUTE - MINUTE % length
    whole = candles.bars(length, end - 300 * length, end, NOW_NS)
    assert len(whole.open) == 300
    for first in (0, 7, 133, 250):
        page = candles.bars(length, end - (300 - first) * length, end - (290 - first) * length, NOW_NS)
        for column, known in zip(page, whole, strict=True):
            assert column.tolist() == known[first : first + 10].tolist()


def test_long_bars_are_made_of_the_short_ones() -> None:
    candles = _market().candles
    hour = MINUTE // 60 * 60 - 60
    minutes, bar = candles.minutes(hour, hour + 60, NOW_NS), candles.bars(60, hour, hour + 60, NOW_NS)
    assert bar.open[0] == minutes.open[0]
    assert bar.close[0] == minutes.close[-1]
    assert bar.high[0] == minutes.high.max()
    assert bar.volume[0] == minutes.volume.sum()


def test_the_bar_under_way_holds_only_what_has_happened() -> None:
    market = _market()
    bar = market.candles.minutes(MINUTE, MINUTE + 1, NOW_NS)
    trades = market.tape.trades(MINUTE, MINUTE + 1)
    happened = trades.ts_ns <= NOW_NS
    assert 0 < happened.sum() < len(happened)
    assert bar.trade_count[0] == happened.sum()
    assert bar.close[0] == trades.price[happened][-1]


def test_history_reaches_thirty_days_back_and_joins_the_present() -> None:
    market = Market(7, list_symbol("BTC/USDT", "binance"), Pace(0.1, 1.0), NOW_NS)
    bars = market.candles.bars(1440, MINUTE - 31 * 1440, MINUTE + 1, NOW_NS)
    assert len(bars.open) >= 31
    assert abs(int(bars.close[-1]) / market.book.top[0] - 1) < 0.002


@pytest.mark.parametrize("symbol", ["BTC/USDT", "DOGE/USDT"])
def test_price_action_is_alive_and_stays_near_its_level(symbol: str) -> None:
    listing = list_symbol(symbol, "binance")
    prices = PricePath(3, listing).at(np.arange(MINUTE - 30 * 1440, MINUTE) * MINUTE_NS)
    per_minute = np.diff(np.log(prices)).std()
    assert 0.0004 < per_minute < 0.0015
    assert 0.7 < prices.min() / listing.profile.price < prices.max() / listing.profile.price < 1.4


def test_venues_quote_the_same_coin_a_little_apart() -> None:
    times = np.arange(MINUTE - 600, MINUTE) * MINUTE_NS
    binance, kraken = (
        PricePath(3, list_symbol("ETH/USDT", venue)).at(times) for venue in ("binance", "kraken")
    )
    apart_bps = np.abs(np.log(binance / kraken)) * 1e4
    assert 0.5 < np.median(apart_bps) < 15
    assert apart_bps.max() < 60


@pytest.mark.parametrize("venue", VENUES)
def test_the_book_is_never_crossed_and_trades_take_from_it(venue: str) -> None:
    market = _market("SOL/USDT", venue)
    bids, asks = dict(market.book.bids), dict(market.book.asks)
    last_sequence = market.book.sequence
    for update in market.advance(NOW_NS + 120 * NS_PER_S):
        if isinstance(update, BookChange):
            assert update.sequence == last_sequence + 1
            last_sequence = update.sequence
            for side, changes in ((bids, update.bids), (asks, update.asks)):
                side.update(changes)
                for price in [price for price, size in changes.items() if size == 0]:
                    del side[price]
            assert max(bids) < min(asks)
            assert min(bids.values()) > 0 < min(asks.values())
        else:
            best = min(asks) if update.is_buy else max(bids)
            assert update.price == best
            assert (asks if update.is_buy else bids)[best] >= update.size
    assert bids == market.book.bids
    assert asks == market.book.asks
    assert len(bids) > 100


def test_a_coin_without_a_profile_still_gets_a_market() -> None:
    listing = list_symbol("FOO/USDT", "kraken")
    assert "FOO" not in COINS
    assert listing.profile.price > 0
    assert Market(1, listing, Pace(1, 1), NOW_NS).advance(NOW_NS + NS_PER_S) is not None


def test_a_coin_quoted_in_another_coin_has_the_ratio_of_both() -> None:
    assert list_symbol("ETH/BTC", "binance").profile.price == pytest.approx(3400 / 97_000)


def test_pumped_trades_become_the_bar_of_their_minute() -> None:
    market = _market()
    before = market.candles.minutes(MINUTE, MINUTE + 1, NOW_NS)
    market.is_pumped = True
    prints = market.pump(1000, NOW_NS)
    assert len({trade.trade_id for trade in prints}) == 1000
    assert not [update for update in market.advance(NOW_NS + NS_PER_S) if isinstance(update, Print)]
    bar = market.candles.minutes(MINUTE, MINUTE + 1, NOW_NS + NS_PER_S)
    assert bar.trade_count[0] == before.trade_count[0] + 1000
    assert bar.volume[0] == before.volume[0] + sum(trade.size for trade in prints)
    market.is_pumped = False
    later = [
        u
        for u in market.advance(NOW_NS + 10 * NS_PER_S)
        if isinstance(u, Print) and u.ts_ns // MINUTE_NS == MINUTE
    ]
    assert market.candles.minutes(MINUTE, MINUTE + 1, market.now_ns).trade_count[0] == bar.trade_count[
        0
    ] + len(later)


def test_recent_trades_reach_into_earlier_minutes() -> None:
    market = _market("XRP/USDT", "kraken")
    trades = market.recent(400)
    assert len(trades) == 400
    assert all(first.ts_ns <= second.ts_ns for first, second in pairwise(trades))
    assert trades[-1].ts_ns <= NOW_NS
