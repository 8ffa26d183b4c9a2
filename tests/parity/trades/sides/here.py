"""Our side: one run's book and wallet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from tests.parity.trades.sides.side import Side, candles, rates_and_marks
from trading.strategy_framework.trades import (
    FundingRates,
    LeverageTier,
    Order,
    PairLocks,
    PairMarket,
    Protections,
    Trade,
    TradeBook,
    TradingTerms,
    Wallet,
    tick_by_month,
)
from trading.strategy_framework.trades.arithmetic import exact, rounding
from trading.strategy_framework.trades.errors import LeverageRefused, StakeUnavailable
from trading.strategy_framework.trades.markets import liquidation, stakes


class Here(Side):
    """One run's book and wallet, asked through freqtrade's names."""

    trades, locks = Trade, PairLocks
    refusals = (LeverageRefused, StakeUnavailable)

    amount_to_contract_precision = staticmethod(rounding.amount_to_contract_precision)
    product_over = staticmethod(exact.product_over)
    amount_to_precision = staticmethod(rounding.amount_to_precision)
    amount_to_contracts = staticmethod(rounding.amount_to_contracts)
    contracts_to_amount = staticmethod(rounding.contracts_to_amount)

    def __init__(self) -> None:
        self.book = TradeBook("5m")

    @contextmanager
    def run(self, scenario: dict[str, Any]) -> Iterator[None]:
        """Start from an empty book."""
        self.book = TradeBook("5m")
        self.terms = TradingTerms(**scenario.get("terms", {}))
        self.wallet = Wallet(self.terms, self.book)
        self.protections = Protections(
            scenario.get("protections", []),
            "5m",
            self.book,
            starting_balance=self.wallet.get_starting_balance(),
        )
        self.markets = {
            pair: PairMarket(
                pair, leverage_max=20.0, leverage_tiers=tuple(LeverageTier(*tier) for tier in tiers)
            )
            for pair, tiers in scenario.get("tiers", {}).items()
        }
        if "market" in scenario:
            fields = dict(scenario["market"])
            tiers = tuple(LeverageTier(*tier) for tier in fields.pop("leverage_tiers"))
            self.market = PairMarket("BTC/USDT:USDT", leverage_tiers=tiers, **fields)
            rates, marks = rates_and_marks(scenario)
            self.funding = FundingRates.from_candles(rates, marks, scenario.get("missing_rate"))
        with self.book.active():
            yield

    def trade(self, **fields: Any) -> Trade:
        """Build a trade."""
        return Trade(**fields)

    def order(self, trade: Trade, **fields: Any) -> Order:
        """Build an order of a trade."""
        return Order(trade=trade, **fields)

    @staticmethod
    def price_to_precision(price: float, tick: float | None, mode: str) -> float:
        """Round a price."""
        return rounding.price_to_precision(price, tick, rounding=mode)  # type: ignore[arg-type]

    @staticmethod
    def ticks(dates: list[int], prices: list[list[float]]) -> Callable[[datetime], float | None]:
        """Return the price step by time."""
        return tick_by_month(candles(dates, prices)).at

    def _min_stake(self, price: float, stoploss: float, leverage: float) -> float | None:
        return stakes.min_stake(self.market, self.terms, price, stoploss, leverage)

    def _max_stake(self, price: float, leverage: float) -> float:
        return stakes.max_stake(self.market, self.terms, price, leverage)

    def _max_leverage(self, stake: float) -> float:
        return stakes.max_leverage(self.market, self.terms, stake)

    def _liquidation(
        self, open_rate: float, is_short: Any, amount: float, stake: float, leverage: float
    ) -> float | None:
        held = liquidation.Holding(self.market, open_rate, is_short, amount, stake, leverage, stake)
        return liquidation.liquidation_price(held, self.terms)

    def _funding(self, amount: float, is_short: Any, opened: datetime, closed: datetime) -> float:
        return self.funding.fees(amount, is_short=is_short, opened=opened, closed=closed)

    def update_liquidation(self, trade: Trade) -> None:
        """Set liquidation prices after a fill."""
        liquidation.update_liquidation_prices(
            trade, markets=self.markets, terms=self.terms, wallet=self.wallet, book=self.book
        )

    def add(self, trade: Trade) -> None:
        """Enter a trade into the book."""
        self.book.add(trade)

    def close(self, trade: Trade) -> None:
        """Move a trade to the closed ones."""
        self.book.close(trade)

    def remove(self, trade: Trade) -> None:
        """Forget a trade."""
        self.book.remove(trade)

    def protect(self, pair: str, now: datetime, side: str) -> None:
        """Let the protections lock."""
        self.protections.run(pair, now, side)
