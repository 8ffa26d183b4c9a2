"""What the strategy host sells between two candles: stops, trailing ones, and minimal returns."""

from decimal import Decimal

import pytest

from market.clock import NS_PER_S
from market.events import QualityState
from tests.trading.api.host.stage import Always, Stage
from tests.trading.api.service import PRICES
from trading.core.signals import Direction, Signal

BTC = PRICES["BTC/USDT"]


class Trailing(Always):
    trailing_stop = True
    trailing_stop_positive = 0.01
    trailing_stop_positive_offset = 0.02


class Earning(Always):
    minimal_roi = {"0": 0.01}  # noqa: RUF012


def test_the_stop_sells_between_two_candles() -> None:
    stage = Stage(always=Always)
    stage.refresh()
    stage.close_bar()
    stage.step()
    stage.price("BTC/USDT", BTC * Decimal("0.96"))
    assert stage.orders() == []
    stage.price("BTC/USDT", BTC * Decimal("0.94"))
    assert stage.orders() == [("always", "BTC/USDT", "FILLED")]
    assert stage.engine.positions() == []
    assert stage.engine.orders()[0].tag == "stop_loss"
    (trade,) = stage.account("always").book.closed_trades
    assert trade.exit_reason == "stop_loss"
    assert trade.close_rate == pytest.approx(float(BTC) * 0.94, rel=1e-4), "sold at the market"


def test_a_trailing_stop_follows_the_price_up() -> None:
    stage = Stage(trailing=Trailing)
    stage.refresh()
    stage.close_bar()
    stage.step()
    for ratio, orders in (("1.03", 0), ("1.025", 0), ("1.015", 1)):
        stage.price("BTC/USDT", BTC * Decimal(ratio))
        assert len(stage.orders()) == orders, ratio
    assert stage.engine.orders()[0].tag == "trailing_stop_loss"


def test_the_minimal_return_is_taken_when_the_price_reaches_it() -> None:
    stage = Stage(earning=Earning)
    stage.refresh()
    stage.close_bar()
    stage.step()
    stage.price("BTC/USDT", BTC * Decimal("1.013"))
    stage.step()
    (trade,) = stage.account("earning").book.closed_trades
    assert trade.exit_reason == "roi"
    assert (trade.close_profit or 0) > 0.01


def test_a_stop_is_watched_on_another_venue_while_the_first_is_away() -> None:
    stage = Stage(always=Always, venues=("binance", "kraken"))
    stage.refresh()
    stage.close_bar()
    stage.step()
    for _ in range(4):
        stage.clock.advance(2 * NS_PER_S)
        stage.refresh(venue="kraken", prices={**PRICES, "BTC/USDT": BTC * Decimal("0.94")})
        orders = stage.orders()
        if orders:
            break
    assert orders == [("always", "BTC/USDT", "FILLED")]
    assert stage.engine.orders()[0].tag == "stop_loss"


def test_a_bad_price_of_the_first_venue_moves_no_stop_while_another_is_good() -> None:
    stage = Stage(always=Always, venues=("binance", "kraken"))
    stage.refresh()
    stage.close_bar()
    stage.step()
    for _ in range(3):
        stage.clock.advance(NS_PER_S)
        stage.refresh(QualityState.DEGRADED, prices={**PRICES, "BTC/USDT": BTC * Decimal("0.5")})
        stage.refresh(venue="kraken")
        assert stage.orders() == []


def test_a_stop_of_a_position_that_someone_else_sold_is_sent_once() -> None:
    stage = Stage(always=Always)
    stage.refresh()
    stage.close_bar()
    stage.step()
    stage.engine.on_signal(
        Signal(
            id="by-hand",
            strategy="always",
            symbol="BTC/USDT",
            direction=Direction.EXIT_LONG,
            ts=stage.clock.now_ns(),
        )
    )
    sent = []
    for _ in range(3):
        stage.price("BTC/USDT", BTC * Decimal("0.9"))
        sent += stage.step()
    assert [(order.state, order.code) for order in sent] == [("DENIED", "signal.no_position")]
    (trade,) = stage.account("always").book.closed_trades
    assert trade.exit_reason == "closed_elsewhere"
