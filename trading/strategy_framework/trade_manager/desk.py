"""What every step works with: the strategy, its terms and markets, the wallet and the book."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from trading.strategy_framework.candles.times import timeframe_to_minutes
from trading.strategy_framework.interface.overrides import takes_after_fill
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.trade_manager.callbacks import UserCallbacks
from trading.strategy_framework.trade_manager.candle import Direction
from trading.strategy_framework.trade_manager.venues import CandleVenue, OrderVenue
from trading.strategy_framework.trades.book import TradeBook
from trading.strategy_framework.trades.errors import StakeUnavailable
from trading.strategy_framework.trades.markets.funding import FundingRates
from trading.strategy_framework.trades.markets.liquidation import update_liquidation_prices
from trading.strategy_framework.trades.markets.market import MonthlyTicks, PairMarket
from trading.strategy_framework.trades.markets.stakes import max_leverage, max_stake, min_stake
from trading.strategy_framework.trades.protections import Protections
from trading.strategy_framework.trades.settings import TradingTerms
from trading.strategy_framework.trades.trade import Trade
from trading.strategy_framework.trades.wallet import Wallet

FUNDING_INTERVAL_S = 3_600


class Counts(msgspec.Struct):
    """How often a run could not do what was wanted."""

    rejected_signals: int = 0
    timed_out_entries: int = 0
    timed_out_exits: int = 0
    canceled_trades: int = 0
    canceled_entries: int = 0
    canceled_exits: int = 0
    replaced_entries: int = 0
    replaced_exits: int = 0


class Desk:
    """The parts of one run, and the questions that a step asks of them.

    `fee` is the fraction of one side. `ticks` are the price steps that a pair's candles show; a pair
    without them is rounded by its market's step. Orders go to `venue`, by default the candles.
    """

    def __init__(  # noqa: PLR0913 - all that a run is made of
        self,
        strategy: IStrategy,
        terms: TradingTerms,
        markets: Mapping[str, PairMarket],
        *,
        fee: float,
        ticks: Mapping[str, MonthlyTicks] | None = None,
        funding: Mapping[str, FundingRates] | None = None,
        book: TradeBook | None = None,
        venue: OrderVenue | None = None,
    ) -> None:
        self.strategy = strategy
        self.terms = terms
        self.markets = markets
        self.fee = fee
        self.book = TradeBook(strategy.timeframe) if book is None else book
        self.wallet = Wallet(terms, self.book)
        self.starting_balance = self.wallet.get_starting_balance()
        self.venue: OrderVenue = CandleVenue() if venue is None else venue
        self.callbacks = UserCallbacks(strategy)
        self.counts = Counts()
        self.timeframe_minutes = timeframe_to_minutes(strategy.timeframe)
        self.is_futures = terms.trading_mode == "futures"
        self.is_cross_margin = terms.margin_mode == "cross"
        self.can_short = self.is_futures and strategy.can_short
        self.stop_follows_fills = takes_after_fill(strategy)
        self.order_id = 0
        self._ticks = ticks or {}
        self._funding = funding or {}
        self._protections: Protections | None = None

    def claim_order_id(self) -> None:
        """Take the next order id; an order that is not placed after all wastes it."""
        self.order_id = self.book.next_order_id()

    def price_tick(self, pair: str, now: datetime) -> float | None:
        """Return the price step in force at a time."""
        ticks = self._ticks.get(pair)
        shown = None if ticks is None else ticks.at(now)
        return self.markets[pair].price_tick if shown is None else shown

    def has_free_slot(self) -> bool:
        """Tell whether another trade may be open; count the signal as rejected if not."""
        trades_max = self.strategy.max_open_trades
        if trades_max <= 0 or len(self.book.open_trades) < trades_max:
            return True
        self.counts.rejected_signals += 1
        return False

    def is_locked(self, pair: str, now: datetime, direction: Direction) -> bool:
        """Tell whether entries into the pair are forbidden."""
        return self.book.locks.are_held(pair, now, direction)

    def wallet_stake(self, pair: str) -> float | None:
        """Return the stake that the wallet proposes for a new trade, None where it can't pay for one."""
        try:
            return self.wallet.get_trade_stake_amount(pair, self.strategy.max_open_trades, update=False)
        except StakeUnavailable:
            return None

    def stake_min(self, pair: str, rate: float, reserve: float, leverage: float) -> float | None:
        """Return the smallest stake that can still be sold after a loss of `reserve`."""
        return min_stake(self.markets[pair], self.terms, rate, reserve, leverage)

    def stake_max(self, pair: str, rate: float, leverage: float) -> float:
        """Return the largest stake that the market allows."""
        return max_stake(self.markets[pair], self.terms, rate, leverage)

    def leverage_max(self, pair: str, stake: float) -> float:
        """Return the largest leverage for a stake."""
        return max_leverage(self.markets[pair], self.terms, stake)

    def charge_funding(self, trade: Trade, now: datetime) -> None:
        """Book the funding fees since the trade's newest fill; spot has none."""
        rates = self._funding.get(trade.pair)
        if rates is not None:
            opened = trade.date_last_filled_utc
            fees = rates.fees(trade.amount, is_short=trade.is_short, opened=opened, closed=now)
            trade.set_funding_fees(fees)

    def charge_due_funding(self, trade: Trade, now: datetime) -> None:
        """Book funding fees if `now` is on the border of a funding interval."""
        if self.is_futures and now.timestamp() % FUNDING_INTERVAL_S == 0:
            self.charge_funding(trade, now)

    def update_liquidation(self, trade: Trade) -> None:
        """Set the trade's liquidation price anew, in cross margin those of all trades."""
        if self.is_futures:
            update_liquidation_prices(
                trade, markets=self.markets, terms=self.terms, wallet=self.wallet, book=self.book
            )

    def start_protections(self) -> None:
        """Begin to guard entries as the strategy's protections say, if the terms allow them."""
        if self.terms.enable_protections:
            self._protections = Protections(
                self.strategy.protections,
                self.strategy.timeframe,
                self.book,
                starting_balance=self.starting_balance,
            )

    def protect(self, pair: str, now: datetime, direction: str) -> None:
        """Let the protections lock what they want to lock after an exit."""
        if self._protections is not None:
            self._protections.run(pair, now, direction)
