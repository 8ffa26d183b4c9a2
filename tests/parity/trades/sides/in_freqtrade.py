"""The real freqtrade's side: JSON lines in, answers out, in an interpreter that has freqtrade.

Freqtrade's classes are used as they are; only the market data of the exchange object is set by hand, and
saving to a database is left out.
"""

import contextlib
import json
import logging
import math
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from freqtrade.data.btanalysis import get_tick_size_over_time
from freqtrade.enums import RunMode
from freqtrade.exceptions import DependencyException
from freqtrade.exchange import exchange_utils
from freqtrade.leverage.liquidation_price import update_liquidation_prices
from freqtrade.persistence import CustomDataWrapper, LocalTrade, Order, PairLocks, Trade, disable_database_use
from freqtrade.plugins.protectionmanager import ProtectionManager
from freqtrade.util import FtPrecise
from freqtrade.wallets import Wallets

from tests.parity.trades.play import answer
from tests.parity.trades.sides.offline_exchange import PAIR, TICK_SIZE, offline_exchange
from tests.parity.trades.sides.side import Side, candles, rates_and_marks

ROUNDING = {"nearest": exchange_utils.ROUND, "up": exchange_utils.ROUND_UP, "down": exchange_utils.ROUND_DOWN}
TERMS = {
    "stake_currency": "USDT",
    "stake_amount": "unlimited",
    "tradable_balance_ratio": 0.99,
    "exchange": "binance",
    "trading_mode": "spot",
    "margin_mode": "",
    "amend_last_stake_amount": False,
    "last_stake_amount_min_ratio": 0.5,
    "dry_run": True,
    "runmode": RunMode.BACKTEST,
    "timeframe": "5m",
}


class Freqtrade(Side):
    """Freqtrade's classes behind the names that `play` uses."""

    trades, locks = Trade, PairLocks
    refusals = (DependencyException,)

    amount_to_contracts = staticmethod(exchange_utils.amount_to_contracts)
    contracts_to_amount = staticmethod(exchange_utils.contracts_to_amount)

    @contextlib.contextmanager
    def run(self, scenario: dict[str, Any]) -> Iterator[None]:
        """Start from nothing."""
        disable_database_use("5m")
        PairLocks.reset_locks()
        Trade.reset_trades()
        CustomDataWrapper.reset_custom_data()
        Trade.commit = staticmethod(lambda: None)
        terms = _terms(scenario)
        self.exchange = offline_exchange(terms, scenario.get("market"), scenario.get("tiers", {}))
        self.wallet = Wallets(terms, self.exchange, is_backtest=True)
        self.protections = ProtectionManager(terms, scenario.get("protections", []))
        self.starting_balance = self.wallet.get_starting_balance()
        if "market" in scenario:
            rates, marks = rates_and_marks(scenario)
            self.funding = self.exchange.combine_funding_and_mark(rates, marks, scenario.get("missing_rate"))
        yield

    def trade(self, **fields: Any) -> LocalTrade:
        """Build a trade."""
        return LocalTrade(**fields, orders=[], precision_mode=TICK_SIZE, precision_mode_price=TICK_SIZE)

    def order(self, trade: LocalTrade, **fields: Any) -> Order:
        """Build an order of a trade."""
        order = Order(**fields)
        order._trade_bt = trade
        return order

    @staticmethod
    def amount_to_contract_precision(amount: float, tick: Any, contract_size: Any) -> float:
        """Cut an amount to contracts."""
        return exchange_utils.amount_to_contract_precision(amount, tick, TICK_SIZE, contract_size)

    @staticmethod
    def amount_to_precision(amount: float, tick: Any) -> float:
        """Cut an amount."""
        return exchange_utils.amount_to_precision(amount, tick, TICK_SIZE)

    @staticmethod
    def product_over(first: float, second: float, divisor: float) -> float:
        """Return a product divided."""
        return float(FtPrecise(first) * FtPrecise(second) / FtPrecise(divisor))

    @staticmethod
    def price_to_precision(price: float, tick: Any, mode: str) -> float:
        """Round a price."""
        return exchange_utils.price_to_precision(price, tick, TICK_SIZE, rounding_mode=ROUNDING[mode])

    @staticmethod
    def ticks(dates: list[int], prices: list[list[float]]) -> Callable[[datetime], float | None]:
        """Return the price step by time."""
        series = get_tick_size_over_time(candles(dates, prices))

        def at(moment: datetime) -> float | None:
            found = series.asof(moment)
            return None if math.isnan(found) else float(found)

        return at

    def _min_stake(self, price: float, stoploss: float, leverage: float) -> float | None:
        return self.exchange.get_min_pair_stake_amount(PAIR, price, stoploss, leverage)

    def _max_stake(self, price: float, leverage: float) -> float:
        return self.exchange.get_max_pair_stake_amount(PAIR, price, leverage)

    def _max_leverage(self, stake: float) -> float:
        return self.exchange.get_max_leverage(PAIR, stake)

    def _liquidation(
        self, open_rate: float, is_short: Any, amount: float, stake: float, leverage: float
    ) -> Any:
        return self.exchange.get_liquidation_price(
            pair=PAIR,
            open_rate=open_rate,
            is_short=is_short,
            amount=amount,
            stake_amount=stake,
            leverage=leverage,
            wallet_balance=stake,
        )

    def _funding(self, amount: float, is_short: Any, opened: datetime, closed: datetime) -> float:
        return self.exchange.calculate_funding_fees(self.funding, amount, is_short, opened, closed)

    def update_liquidation(self, trade: LocalTrade) -> None:
        """Set liquidation prices after a fill."""
        update_liquidation_prices(
            trade, exchange=self.exchange, wallets=self.wallet, stake_currency="USDT", dry_run=True
        )

    def add(self, trade: LocalTrade) -> None:
        """Enter a trade."""
        LocalTrade.add_bt_trade(trade)

    def close(self, trade: LocalTrade) -> None:
        """Move a trade to the closed ones."""
        LocalTrade.close_bt_trade(trade)

    def remove(self, trade: LocalTrade) -> None:
        """Forget a trade."""
        LocalTrade.remove_bt_trade(trade)

    def protect(self, pair: str, now: datetime, side: str) -> None:
        """Let the protections lock."""
        self.protections.stop_per_pair(pair, now, side, self.starting_balance)
        self.protections.global_stop(now, side, self.starting_balance)


def _terms(scenario: dict[str, Any]) -> dict[str, Any]:
    """Return a freqtrade configuration with a scenario's terms."""
    terms = TERMS | scenario.get("terms", {})
    terms["dry_run_wallet"] = terms.pop("starting_balance", 1000.0)
    if others := terms.pop("other_balances", None):
        terms["dry_run_wallet"] = {**others, "USDT": terms["dry_run_wallet"]}
    return terms


def main() -> None:
    """Answer each line."""
    logging.disable(logging.CRITICAL)
    side = Freqtrade()
    for line in sys.stdin:
        print(json.dumps(answer(side, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
