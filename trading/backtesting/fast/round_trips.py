"""The plain trade, booked at once: one entry filled at its candle's open, one exit filled in its candle.

The trade manager keeps a trade as a list of orders and works everything out anew after each fill. Of a
plain spot trade that nobody watches, the outcome is known beforehand, with a tenth of the arithmetic.
The numbers are the same exact decimals, every field is set as the manager sets it, and whatever is not
plain is declined before anything has changed: then the manager does it.
"""

from datetime import datetime
from typing import Any

from trading.backtesting.fast.eligibility import shows_trades_to_strategy
from trading.strategy_framework.trade_manager.desk import Desk
from trading.strategy_framework.trade_manager.entry_requests import RESERVE_FOR_ENTRY
from trading.strategy_framework.trade_manager.venues import CandleVenue
from trading.strategy_framework.trades.arithmetic.exact import Scaled, as_float, product, scaled, with_fee
from trading.strategy_framework.trades.arithmetic.rounding import price_to_precision
from trading.strategy_framework.trades.markets.market import PairMarket
from trading.strategy_framework.trades.markets.stakes import max_stake, min_stake
from trading.strategy_framework.trades.order import Order
from trading.strategy_framework.trades.trade import Trade
from trading.strategy_framework.trades.wallet import new_stake, stake_within

_DECIMALS_MAX = 18
"""What a quotient keeps: an average price of more decimals would be cut."""


class RoundTrips:
    """Opens and closes plain long trades on a desk; `is_possible` tells whether the desk has any."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._book, self._terms = desk, desk.book, desk.terms
        self._stoploss = float(desk.strategy.stoploss)
        self._trade_fields = vars(self._blank_trade()).copy()
        self._order_fields = vars(Order(order_type=None, status="closed", ft_is_open=False, remaining=0))
        self._entries: dict[int, tuple[Scaled, float]] = {}
        self.is_possible = (
            not desk.is_futures
            and isinstance(desk.venue, CandleVenue)
            and not shows_trades_to_strategy(desk)
            and desk.terms.available_capital is None
            and self._stoploss > -1
            and all(market.contract_size in {None, 1} for market in desk.markets.values())
        )

    def takes(self, rate: float, low: float, high: float) -> bool:
        """Tell whether an entry at `rate` would be plain in a candle of this range."""
        return self.is_possible and low <= rate <= high and scaled(rate)[1] <= _DECIMALS_MAX

    def open(self, pair: str, now: datetime, rate: float, tag: Any) -> Trade | None:
        """Open a trade at a `rate` that it `takes`; None where the stake or the amount forbid it.

        The pair is free, unlocked, and there is a slot.
        """
        desk, market = self._desk, self._desk.markets[pair]
        stake = self._stake(market, rate)
        if not stake:
            return None
        desk.claim_order_id()
        amount = market.amount_to_precision(stake / rate * 1.0)
        if not amount:
            return None
        tick = desk.price_tick(pair, now)
        open_rate = price_to_precision(rate, tick)
        held, price = scaled(amount), scaled(rate)
        cost = product(price, held)
        stop = price_to_precision(open_rate * (1 - abs(self._stoploss)), tick, rounding="up")
        paid = as_float(cost)
        entered = as_float(with_fee(cost, desk.fee, paid=True))
        trade = Trade.__new__(Trade)
        trade.__dict__.update(self._trade_fields)
        trade.__dict__.update(
            id=self._book.next_trade_id(),
            pair=pair,
            base_currency=market.base_currency,
            open_rate=open_rate,
            open_rate_requested=rate,
            open_date=now,
            stake_amount=paid,
            max_stake_amount=paid,
            fee_open_cost=desk.fee * paid,
            amount=amount,
            amount_requested=amount,
            open_trade_value=entered,
            enter_tag=tag,
            amount_precision=market.amount_tick,
            price_precision=tick,
            contract_size=market.contract_size,
            stop_loss=stop,
            initial_stop_loss=stop,
            orders=[],
        )
        if open_rate != rate:
            trade.recalc_open_trade_value()
        self._entries[trade.id] = (held, entered)
        self._add_order(trade, "buy", "entry", now, rate, tag)
        self._book.add(trade)
        return trade

    def close(self, trade: Trade, now: datetime, rate: float, low: float, high: float, reason: str) -> bool:
        """Close a trade near `rate`, in whole price steps; decline where this candle would not fill it."""
        entry = self._entries.get(trade.id)
        price = price_to_precision(rate, trade.price_precision)
        if entry is None or not low <= price <= high:
            return False
        held, entered = entry
        value = as_float(with_fee(product(held, scaled(price)), trade.fee_close or 0.0, paid=False))
        profit = round(value - entered, 8)
        ratio = profit / entered * trade.leverage
        self._desk.claim_order_id()
        self._add_order(trade, "sell", "exit", now, price, reason)
        trade.__dict__.update(
            close_rate=price,
            close_date=now,
            is_open=False,
            exit_order_status="closed",
            exit_reason=reason,
            close_profit=ratio,
            close_profit_abs=profit,
        )
        if ratio:
            trade.realized_profit = profit
        del self._entries[trade.id]
        self._book.close(trade)
        self._desk.protect(trade.pair, now, "long")
        return True

    def _stake(self, market: PairMarket, rate: float) -> float:
        """Return the stake of one more trade as the wallet and the entry find it, 0 for none."""
        terms = self._terms
        tied_up = sum([trade.stake_amount for trade in self._book.open_trades])
        free = terms.starting_balance + self._book.total_closed_profit - tied_up
        available = min((tied_up + free) * terms.tradable_balance_ratio - tied_up, free)
        slots = self._desk.strategy.max_open_trades
        stake = new_stake(terms, available=available, tied_up=tied_up, slots=slots)
        if available < stake or stake <= 0:
            return 0.0
        least = min_stake(market, terms, rate, RESERVE_FOR_ENTRY) or 0.0
        return stake_within(stake, least, min(max_stake(market, terms, rate), available))

    def _add_order(
        self, trade: Trade, side: str, kind: str, now: datetime, price: float, tag: str | None
    ) -> None:
        """Give the trade a filled order by itself: `waiting_order` would cost a tenth of the whole loop."""
        desk, amount = self._desk, trade.amount
        order = Order.__new__(Order)
        order.__dict__ = {
            **self._order_fields,
            "id": desk.order_id,
            "ft_trade_id": trade.id,
            "ft_pair": trade.pair,
            "order_id": str(desk.order_id),
            "symbol": trade.pair,
            "ft_order_side": side,
            "side": side,
            "order_type": desk.strategy.order_types[kind],
            "order_date": now,
            "order_filled_date": now,
            "order_update_date": now,
            "ft_price": price,
            "price": price,
            "average": price,
            "amount": amount,
            "filled": amount,
            "cost": amount * price * (1 + desk.fee),
            "funding_fee": None if kind == "entry" else 0.0,
            "ft_order_tag": tag,
            "trade": trade,
        }
        trade.orders.append(order)

    def _blank_trade(self) -> Trade:
        """Return what all plain trades of the run have in common once their entry is filled."""
        desk = self._desk
        ratio = -1 * abs(desk.strategy.stoploss)
        return Trade(
            stake_currency=desk.terms.stake_currency,
            fee_open=desk.fee,
            fee_close=desk.fee,
            is_open=True,
            timeframe=desk.timeframe_minutes,
            exchange=desk.terms.exchange,
            trading_mode=desk.terms.trading_mode,
            leverage=1.0,
            is_short=False,
            stop_loss_pct=ratio,
            initial_stop_loss_pct=ratio,
            funding_fees=0.0,
            funding_fee_running=0.0,
        )
