"""An engine and a host on one clock, with good data for both symbols."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from market.clock import NS_PER_S, ManualClock
from market.events import Bar, LiveFrame, Quality, QualityState, Side
from tests.trading.api.host.memory_books import MemoryBooks
from tests.trading.api.service import MINUTE_NS, PRICES, bars
from trading.api.host.account import AccountTerms, HostTerms, StrategyAccount
from trading.api.host.host import StrategyHost
from trading.api.host.shelf import Books
from trading.core.engine import Engine, EngineConfig
from trading.core.ledger import MemoryJournal
from trading.core.views import OrderView
from trading.strategy_framework import IStrategy
from trading.strategy_framework.trades.markets.market import PairMarket

NOW_NS = 1_800_000_000_000_000_000 - 1_800_000_000_000_000_000 % MINUTE_NS + NS_PER_S
SYMBOLS = ("BTC/USDT", "ETH/USDT")


class Always(IStrategy):
    """Enters after every candle."""

    timeframe = "1m"
    stoploss = -0.05

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        return dataframe.assign(enter_long=1)

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        return dataframe


class Stage:
    """The journal and the books outlive a stage when they are handed to the next."""

    def __init__(
        self,
        *,
        journal: MemoryJournal | None = None,
        books: Books | None = None,
        now_ns: int = NOW_NS,
        capital: float = 9_000.0,
        venues: tuple[str, ...] = ("binance",),
        **strategies: type[IStrategy],
    ) -> None:
        self.clock = ManualClock(now_ns)
        self.journal = journal or MemoryJournal()
        self.books = books or MemoryBooks()
        config = EngineConfig(symbols=SYMBOLS, venues=venues, gate_clean_s=0)
        self.engine = Engine(config, clock=self.clock, journal=self.journal)
        self.engine.recover()
        self.host = StrategyHost(
            strategies,
            HostTerms(
                venues=("binance", "kraken"),
                accounts={name: terms(capital) for name in strategies},
            ),
            books=self.books,
            clock=self.clock,
            on_failure=pytest.fail,
        )
        self._sequence = 0

    def account(self, name: str) -> StrategyAccount:
        """Return a strategy's account, once the host has stepped."""
        assert self.host._workers is not None
        return self.host._workers[name].account

    def refresh(
        self,
        state: QualityState = QualityState.OK,
        prices: Mapping[str, Decimal] | None = None,
        *,
        venue: str = "binance",
    ) -> None:
        now = self.clock.now_ns()
        for symbol in SYMBOLS:
            quality = Quality(
                venue=venue,
                symbol=symbol,
                ts_event=now,
                ts_init=now,
                state=state,
                reason="",
                lag_ms=0,
                updates_per_s=1,
                gaps=0,
                quarantined=0,
            )
            shown = self.frame(symbol, (prices or PRICES)[symbol], venue=venue)
            self.engine.on_live(shown)
            self.host.take_frame(shown)
            self.engine.on_quality(quality)

    def frame(self, symbol: str, price: Decimal, *, venue: str = "binance") -> LiveFrame:
        self._sequence += 1
        now = self.clock.now_ns()
        return LiveFrame(
            venue=venue,
            symbol=symbol,
            ts_event=now,
            ts_init=now,
            sequence=self._sequence,
            bids=[(price - Decimal("0.1"), Decimal(50))],
            asks=[(price + Decimal("0.1"), Decimal(50))],
            last_price=price,
            last_size=Decimal(1),
            last_side=Side.BUY,
        )

    def price(self, symbol: str, price: Decimal) -> None:
        """Let the price of one symbol be seen, a second later."""
        self.clock.advance(NS_PER_S)
        self.refresh(prices={**PRICES, symbol: price})

    def close_bar(self, symbol: str = "BTC/USDT", *, slope: float = 0, venue: str = "binance") -> None:
        self.host.take_bars(bars(symbol, 3, slope=slope, until_ns=self.clock.now_ns(), venue=venue))

    def next_minute(self, symbol: str = "BTC/USDT") -> None:
        self.clock.advance(MINUTE_NS)
        self.refresh()
        self.close_bar(symbol)

    def step(self) -> list[OrderView]:
        return self.host.step(self.engine)

    def orders(self) -> list[tuple[str, str, str]]:
        return [(one.strategy, one.symbol, one.state) for one in self.step()]


def terms(capital: float = 9_000.0) -> AccountTerms:
    return AccountTerms(
        capital=capital,
        currency="USDT",
        fee=0.001,
        markets={
            symbol: PairMarket(pair=symbol, price_tick=1e-8, amount_tick=1e-5, cost_min=10.0)
            for symbol in SYMBOLS
        },
    )


def with_close(bar: Bar, close: Decimal, source: str = "trades") -> Bar:
    return Bar(
        venue=bar.venue,
        symbol=bar.symbol,
        ts_event=bar.ts_event,
        ts_init=bar.ts_init,
        timeframe=bar.timeframe,
        open_time=bar.open_time,
        close_time=bar.close_time,
        open=bar.open,
        high=max(bar.high, close),
        low=min(bar.low, close),
        close=close,
        volume=bar.volume,
        trade_count=bar.trade_count,
        source="venue" if source == "venue" else "trades",
    )
