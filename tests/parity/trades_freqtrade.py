"""The real freqtrade's side of the differential test of trades: JSON lines in, answers out.

Run by `.parity/venv/bin/python`. Freqtrade's classes are used as they are; only the market data of the
exchange object is set by hand, and saving to a database is left out.
"""

import contextlib
import json
import logging
import math
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import freqtrade.exchange as exchanges
import pandas as pd
import trades_steps
from freqtrade.data.btanalysis import get_tick_size_over_time
from freqtrade.enums import MarginMode, RunMode, TradingMode
from freqtrade.exceptions import DependencyException
from freqtrade.exchange import exchange_utils
from freqtrade.leverage.liquidation_price import update_liquidation_prices
from freqtrade.persistence import CustomDataWrapper, LocalTrade, Order, PairLocks, Trade, disable_database_use
from freqtrade.plugins.protectionmanager import ProtectionManager
from freqtrade.resolvers import ExchangeResolver  # noqa: F401 (loads the exchanges)
from freqtrade.util import FtPrecise
from freqtrade.wallets import Wallets

TICK_SIZE = 4
TIER_NAMES = ("minNotional", "maxNotional", "maintenanceMarginRate", "maxLeverage", "maintAmt")
PAIR = "BTC/USDT:USDT"
ROUNDING = {"nearest": exchange_utils.ROUND, "up": exchange_utils.ROUND_UP, "down": exchange_utils.ROUND_DOWN}
VENUES = {
    "binance": "Binance",
    "bybit": "Bybit",
    "okx": "Okx",
    "gate": "Gate",
    "bitget": "Bitget",
    "hyperliquid": "Hyperliquid",
    "kraken": "Kraken",
}


class Freqtrade:
    """Freqtrade's classes behind the names that `trades_steps` uses."""

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
        terms = {
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
        } | scenario.get("terms", {})
        terms["dry_run_wallet"] = terms.pop("starting_balance", 1000.0)
        if others := terms.pop("other_balances", None):
            terms["dry_run_wallet"] = {**others, "USDT": terms["dry_run_wallet"]}
        self.exchange = _exchange(terms, scenario.get("market"))
        for pair, tiers in scenario.get("tiers", {}).items():
            self.exchange._markets[pair] = {
                "base": pair[0],
                "taker": 0.001,
                "limits": {"leverage": {"max": 20.0}},
            }
            if tiers:
                self.exchange._leverage_tiers[pair] = [
                    dict(zip(TIER_NAMES, tier, strict=True)) for tier in tiers
                ]
        self.wallet = Wallets(terms, self.exchange, is_backtest=True)
        self.protections = ProtectionManager(terms, scenario.get("protections", []))
        self.starting_balance = self.wallet.get_starting_balance()
        if "market" in scenario:
            rates, marks = (
                pd.DataFrame({"date": pd.to_datetime(dates, unit="s", utc=True), "open": values})
                for dates, values in (scenario["rates"], scenario["marks"])
            )
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
        frame = pd.DataFrame(prices, columns=["open", "high", "low", "close"], dtype="float64")
        frame.insert(0, "date", pd.to_datetime(dates, unit="s", utc=True))
        series = get_tick_size_over_time(frame)

        def at(moment: datetime) -> float | None:
            found = series.asof(moment)
            return None if math.isnan(found) else float(found)

        return at

    def guarded_market(self, name: str, *args: Any) -> Any:
        """Ask the market; refusals by name."""
        try:
            return getattr(self, f"_{name}")(*args)
        except DependencyException:
            return "refused"

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

    def update_wallet(self) -> None:
        """Bring the wallet up to date."""
        self.wallet.update()

    def protect(self, pair: str, now: datetime, side: str) -> None:
        """Let the protections lock."""
        self.protections.stop_per_pair(pair, now, side, self.starting_balance)
        self.protections.global_stop(now, side, self.starting_balance)

    def stake(self, slots: float) -> Any:
        """Return the stake of one more trade."""
        try:
            return self.wallet.get_trade_stake_amount("A/USDT", slots or math.inf, update=False)
        except DependencyException:
            return "unavailable"

    def validated_stake(self, wanted: Any, least: Any, most: float, held: Any) -> float:
        """Return a stake within limits."""
        return self.wallet.validate_stake_amount("A/USDT", wanted, least, most, held)

    def lock(self, name: str, args: list[Any], named: dict[str, Any]) -> Any:
        """Call a method of the locks."""
        found = getattr(PairLocks, name)(*args, **named)
        return (
            found if isinstance(found, bool | None) else _locks(found if isinstance(found, list) else [found])
        )

    def query(self, filters: dict[str, Any]) -> list[LocalTrade]:
        """Ask the class for trades."""
        return Trade.get_trades_proxy(**filters)

    def account_state(self) -> list[Any]:
        """Return the wallet and the locks."""
        wallet = self.wallet
        return [
            {name: list(balance) for name, balance in wallet.get_all_balances().items()},
            {name: list(position)[:5] for name, position in wallet.get_all_positions().items()},
            [
                wallet.get_starting_balance(),
                wallet.get_total_stake_amount(),
                wallet.get_available_stake_amount(),
            ],
            [
                wallet.get_free("USDT"),
                wallet.get_used("USDT"),
                wallet.get_total("A"),
                wallet.get_collateral(),
            ],
            [wallet.get_owned("A/USDT", "A")],
            [Trade.get_open_trade_count(), Trade.total_open_trades_stakes(), Trade.get_total_closed_profit()],
            [trade.id for trade in Trade.get_open_trades()],
            _locks(PairLocks.get_all_locks()),
        ]


def _locks(locks: Any) -> list[Any]:
    return [[lock.pair, lock.side, lock.reason, str(lock.lock_end_time_utc), lock.active] for lock in locks]


class _Api:
    precisionMode = TICK_SIZE  # noqa: N815 (ccxt's name)
    name = "offline"

    @staticmethod
    def describe() -> dict[str, Any]:
        return {}


def _exchange(terms: dict[str, Any], market: dict[str, Any] | None) -> Any:
    """Return a freqtrade exchange that knows one market and asks nobody."""
    base = getattr(exchanges, VENUES[terms["exchange"]])

    class Offline(base):  # type: ignore[misc, valid-type]
        def __init__(self) -> None:
            self._config = terms
            self.trading_mode = TradingMode(terms["trading_mode"])
            self.margin_mode = MarginMode(terms["margin_mode"])
            self.liquidation_buffer = terms.get("liquidation_buffer", 0.05)
            self._api = _Api()
            self._is_demo_trading = False
            self._leverage_tiers = {}
            self._markets = {pair: {"base": pair[0]} for pair in ("A/USDT", "B/USDT", "C/USDT")}
            if market:
                self._markets = {PAIR: _ccxt(market)}
                if market["leverage_tiers"]:
                    tiers = market["leverage_tiers"]
                    self._leverage_tiers[PAIR] = [dict(zip(TIER_NAMES, tier, strict=True)) for tier in tiers]

        def __del__(self) -> None:
            pass

    return Offline()


def _ccxt(market: dict[str, Any]) -> dict[str, Any]:
    return {
        "base": "BTC",
        "inverse": False,
        "taker": market["taker"],
        "contractSize": market["contract_size"],
        "precision": {"amount": market["amount_tick"], "price": market["price_tick"]},
        "limits": {
            "amount": {"min": market["amount_min"], "max": market["amount_max"]},
            "cost": {"min": market["cost_min"], "max": market["cost_max"]},
            "leverage": {"max": market["leverage_max"]},
        },
    }


def main() -> None:
    """Answer each line."""
    logging.disable(logging.CRITICAL)
    side = Freqtrade()
    for line in sys.stdin:
        print(json.dumps(trades_steps.answer(side, json.loads(line))), flush=True)


main()
