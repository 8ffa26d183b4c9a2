"""The money of a run: what is free, what is tied up, and how much one more trade may cost."""

import math
from typing import NamedTuple

from trading.strategy_framework.trades.book import TradeBook
from trading.strategy_framework.trades.errors import StakeUnavailable
from trading.strategy_framework.trades.settings import UNLIMITED, TradingTerms
from trading.strategy_framework.trades.trade import Trade


class Balance(NamedTuple):
    """One currency's balance; `used` is in open orders."""

    currency: str
    free: float = 0
    used: float = 0
    total: float = 0


class PositionBalance(NamedTuple):
    """One futures position: its amount in base currency, its collateral in stake currency."""

    symbol: str
    position: float = 0
    leverage: float | None = 0
    collateral: float = 0
    side: str = "long"


def new_stake(terms: TradingTerms, *, available: float, tied_up: float, slots: float) -> float:
    """Return the stake of one more trade: the fixed one, or an equal share of the balance over `slots`.

    It may be more than is `available`, which then can't pay for it; 0 where the last stake got too small.
    """
    if terms.stake_amount != UNLIMITED:
        stake = float(terms.stake_amount)
    else:
        stake = min((available + tied_up) / slots, available) if slots else 0
    if terms.amend_last_stake_amount:
        enough = available > stake * terms.last_stake_amount_min_ratio
        stake = min(stake, available) if enough else 0
    return stake


def stake_within(stake: float, least: float, most: float) -> float:
    """Return a stake above 0 within its limits: raised to the least by 30 % at most; 0 where it can't."""
    if least > most or stake * 1.3 < least:
        return 0
    return min(max(stake, least), most)


class Wallet:
    """The balances as of the last `update`; between updates they stand still, as freqtrade's do."""

    def __init__(self, terms: TradingTerms, book: TradeBook) -> None:
        self._terms = terms
        self._book = book
        self._currency = terms.stake_currency
        self._start = {**terms.other_balances, terms.stake_currency: terms.starting_balance}
        self._balances: dict[str, Balance] = {}
        self._positions: dict[str, PositionBalance] = {}
        self.update()

    def get_free(self, currency: str) -> float:
        """Return what can be spent of a currency."""
        balance = self._balances.get(currency)
        return balance.free if balance and balance.free else 0

    def get_used(self, currency: str) -> float:
        """Return what is in open orders of a currency."""
        balance = self._balances.get(currency)
        return balance.used if balance and balance.used else 0

    def get_total(self, currency: str) -> float:
        """Return all of a currency."""
        balance = self._balances.get(currency)
        return balance.total if balance and balance.total else 0

    def get_all_balances(self) -> dict[str, Balance]:
        """Return all balances by currency."""
        return self._balances

    def get_all_positions(self) -> dict[str, PositionBalance]:
        """Return the futures positions by pair."""
        return self._positions

    def get_owned(self, pair: str, base_currency: str) -> float:
        """Return how much base currency a pair's position holds."""
        if self._terms.trading_mode != "futures":
            return self.get_total(base_currency)
        position = self._positions.get(pair)
        return position.position if position else 0

    def get_collateral(self) -> float:
        """Return the money that secures a position, for liquidation prices."""
        if self._terms.margin_mode == "cross":
            return self.get_free(self._currency) + sum(each.collateral for each in self._positions.values())
        return self.get_total(self._currency)

    def update(self, require_update: bool = True) -> None:  # noqa: FBT001, FBT002, ARG002 (freqtrade's)
        """Recalculate all balances from the trades of the book."""
        trades = self._book.open_trades
        profit = self._book.total_closed_profit + sum(trade.realized_profit for trade in trades)
        tied_up = sum(trade.stake_amount for trade in trades)
        self._balances = {}
        self._positions = {}
        used = self._hold_positions(trades, tied_up) if self._is_futures else self._hold_coins(trades)
        free = self._start[self._currency] + profit - tied_up
        # In cross margin freqtrade adds the other currencies at their price, which a backtest has none of.
        self._balances[self._currency] = Balance(self._currency, free, used, free + used)
        for currency, amount in self._start.items():
            if currency not in self._balances:
                self._balances[currency] = Balance(currency, amount, 0, amount)

    @property
    def _is_futures(self) -> bool:
        return self._terms.trading_mode == "futures"

    def _hold_coins(self, trades: list[Trade]) -> float:
        used = 0.0
        for trade in trades:
            currency = trade.pair.partition("/")[0]
            pending: float = 0
            if trade.has_open_orders:
                entry_side, exit_side = trade.entry_side, trade.exit_side
                orders = trade.open_orders
                used += sum(order.stake_amount for order in orders if order.ft_order_side == entry_side)
                pending = sum(
                    order.amount for order in orders if order.amount and order.ft_order_side == exit_side
                )
            had = self._start.get(currency, 0)
            self._balances[currency] = Balance(
                currency, had + trade.amount - pending, pending, trade.amount + had
            )
        return used

    def _hold_positions(self, trades: list[Trade], tied_up: float) -> float:
        for trade in trades:
            self._positions[trade.pair] = PositionBalance(
                trade.pair, trade.amount, trade.leverage, trade.stake_amount, trade.trade_direction
            )
        return tied_up

    def _tied_up(self) -> float:
        return sum(trade.stake_amount for trade in self._book.open_trades)

    def _closed_profit(self) -> float:
        return sum(trade.close_profit_abs or 0.0 for trade in self._book.closed_trades)

    def get_starting_balance(self) -> float:
        """Return the money that the run began with, as far as it may be traded."""
        if self._terms.available_capital is not None:
            return self._terms.available_capital
        free = self.get_free(self._currency)
        return (free - self._closed_profit() + self._tied_up()) * self._terms.tradable_balance_ratio

    def get_total_stake_amount(self) -> float:
        """Return the money that may be traded, tied up or free."""
        if self._terms.available_capital is not None:
            return self._terms.available_capital + self._closed_profit()
        return (self._tied_up() + self.get_free(self._currency)) * self._terms.tradable_balance_ratio

    def get_available_stake_amount(self) -> float:
        """Return the money that may be traded and is free."""
        return min(self.get_total_stake_amount() - self._tied_up(), self.get_free(self._currency))

    def get_trade_stake_amount(self, pair: str, max_open_trades: float, update: bool = True) -> float:  # noqa: ARG002, FBT001, FBT002
        """Return the stake of one more trade: the fixed one, or an equal share of the balance.

        Raises:
            StakeUnavailable: less than the stake is free.
        """
        if update:
            self.update()
        available = self.get_available_stake_amount()
        tied_up = self._tied_up()
        stake = new_stake(self._terms, available=available, tied_up=tied_up, slots=max_open_trades)
        if available < stake:
            raise StakeUnavailable(available, stake, self._currency)
        return max(stake, 0)

    def validate_stake_amount(
        self,
        pair: str,  # noqa: ARG002 (freqtrade's)
        stake_amount: float | str | None,
        min_stake_amount: float | None,
        max_stake_amount: float,
        trade_amount: float | None,
    ) -> float:
        """Return the stake within the limits, 0 for no trade (see `stake_within`).

        `trade_amount` is what the trade has already: with it, it stays below the largest.
        """
        if not stake_amount or isinstance(stake_amount, str) or stake_amount <= 0:
            return 0
        most = min(max_stake_amount, self.get_available_stake_amount())
        if trade_amount:
            most = min(most, max_stake_amount - trade_amount)
        least = -math.inf if min_stake_amount is None else min_stake_amount
        return stake_within(stake_amount, least, most)
