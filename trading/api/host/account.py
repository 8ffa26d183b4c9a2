"""One strategy at work: its own capital, trades, locks and stops, stepped as a backtest steps them.

The trade manager stands at the open of the running candle: what the candle before signalled is done
at its open (`judge`), what its prices ask for as they come (`watch`). Orders go to the venue that is
given, which is the engine's on paper, and candles where a test holds host and backtest side by side.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pandas as pd

from market.clock import Clock
from trading.api.host.book_record import BookRecord, restore_book
from trading.backtesting.candles.pair import pair_candles
from trading.strategy_framework.analysis import analyze
from trading.strategy_framework.interface.data_provider import CandleSource, DataProvider
from trading.strategy_framework.interface.enums import RunMode
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.loading.configuration import configured, start
from trading.strategy_framework.trade_manager.candle import Candle, Direction
from trading.strategy_framework.trade_manager.desk import Desk
from trading.strategy_framework.trade_manager.phases import PhasedManager
from trading.strategy_framework.trade_manager.venues import OrderVenue
from trading.strategy_framework.trades.book import TradeBook
from trading.strategy_framework.trades.markets.market import PairMarket
from trading.strategy_framework.trades.settings import TradingTerms, merge_terms

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SIGNAL_CLOSE = "signal_close"
_DIRECTIONS: Mapping[int, Direction | None] = {1: "long", -1: "short", 0: None}


class AccountTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What an account trades with: capital in quote currency, the taker's fee, the markets by pair."""

    capital: float
    currency: str
    fee: float
    markets: Mapping[str, PairMarket]

    def config(self) -> dict[str, Any]:
        """Return the settings in freqtrade's words; protections are on, as they are in its dry run."""
        return {
            "runmode": RunMode.DRY_RUN,
            "stake_currency": self.currency,
            "stake_amount": "unlimited",
            "dry_run_wallet": self.capital,
            "enable_protections": True,
            "fee": self.fee,
            "trading_mode": "spot",
            "exchange": {"name": "binance", "pair_whitelist": list(self.markets)},
        }


class HostTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What the host trades: `venues[0]` gives candles and prices, `accounts` each strategy's money."""

    venues: tuple[str, ...]
    accounts: Mapping[str, AccountTerms]


class StrategyAccount:
    """A strategy, its book and its manager.

    A strategy without a limit of its own may hold one trade in each pair, each with an equal share.
    """

    def __init__(
        self,
        name: str,
        strategy_class: type[IStrategy],
        terms: AccountTerms,
        *,
        source: CandleSource,
        clock: Clock,
        record: BookRecord | None = None,
    ) -> None:
        """Configure and start the strategy.

        Raises:
            StrategyError: its settings make no sense, or `bot_start` raised.
            BadTerms: a protection that there is not.
        """
        self.name = name
        self.pairs = tuple(terms.markets)
        strategy = configured(strategy_class, terms.config())
        if strategy.max_open_trades == float("inf"):
            strategy.max_open_trades = strategy.config["max_open_trades"] = len(self.pairs)
        self.strategy = strategy
        self.terms: TradingTerms = merge_terms(strategy.config, strategy)
        self.book = TradeBook(strategy.timeframe, clock=clock, queries=True)
        if record is not None:
            restore_book(self.book, record)
        self.desk = Desk(strategy, self.terms, terms.markets, fee=terms.fee, book=self.book)
        self.manager = PhasedManager(self.desk)
        self.data = DataProvider(source, strategy.config, whitelist=self.pairs)
        self._looped = EPOCH
        self._running: dict[str, Candle] = {}
        strategy.dp, strategy.wallets = self.data, self.desk.wallet
        with self.book.active():
            start(strategy)
            self.desk.start_protections()

    def use_venue(self, venue: OrderVenue) -> None:
        """Send orders there from now on."""
        self.desk.venue = venue

    def judge(
        self, pair: str, candles: pd.DataFrame, opened: datetime, price: float, *, may_enter: bool
    ) -> None:
        """Analyse closed candles and do at `opened` what the last of them signals; `price` is the present.

        Raises:
            StrategyFailed: a method of the strategy raised, or returned something unusable.
        """
        with self.book.active():
            self._begin(opened)
            frame = analyze(self.strategy, candles, {"pair": pair})
            self.data.set_analyzed(pair, self.strategy.timeframe, frame, opened)
            candle, direction = self._signals(pair, frame, opened, price)
            self._running[pair] = candle
            self.manager.at_open(pair, candle, opened, direction, may_enter=may_enter)
            self._drop_unfilled(pair)
            for trade in self.book.open_trades_of(pair):
                if trade.open_date_utc == opened:
                    # Kept with the trade, so that a later look at the bars tells whether they were revised.
                    vars(trade)[SIGNAL_CLOSE] = float(candles["close"].iloc[-1])

    def watch(self, pair: str, candle: Candle) -> None:
        """Do what the prices of a look ask for; the candle's time is the open of the running candle."""
        running = self._running.get(pair)
        if running is not None and running.time == candle.time:
            candle.enter_long, candle.enter_short = running.enter_long, running.enter_short
            candle.exit_long, candle.exit_short = running.exit_long, running.exit_short
            candle.exit_tag = running.exit_tag
        with self.book.active():
            self.manager.over_range(pair, candle, candle.time)
            self._drop_unfilled(pair)

    def _begin(self, opened: datetime) -> None:
        if opened > self._looped:
            self._looped = opened
            if self.desk.callbacks.handles("bot_loop_start"):
                self.desk.callbacks.ask("bot_loop_start", default=None, current_time=opened)

    def _signals(
        self, pair: str, frame: pd.DataFrame, opened: datetime, price: float
    ) -> tuple[Candle, Direction | None]:
        """Return the running candle as far as it is known, with the signals of the one before."""
        rows = pair_candles(pair, frame.iloc[[-1, -1]])  # the second stands for the running candle
        candle = Candle(
            opened,
            price,
            price,
            price,
            price,
            int(rows.enter_long[0]),
            int(rows.exit_long[0]),
            int(rows.enter_short[0]),
            int(rows.exit_short[0]),
            rows.enter_tag_at(0),
            rows.exit_tag_at(0),
        )
        return candle, _DIRECTIONS[int(rows.directions(can_short=self.desk.can_short)[0])]

    def _drop_unfilled(self, pair: str) -> None:
        """Forget trades whose entry ended without a fill."""
        for trade in list(self.book.open_trades_of(pair)):
            if not trade.has_open_orders and not trade.has_open_position:
                self.book.remove(trade)
                self.desk.wallet.update()
