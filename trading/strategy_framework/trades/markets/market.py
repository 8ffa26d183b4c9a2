"""What a market allows: price and amount steps, order limits, fees, leverage tiers."""

import msgspec

from trading.strategy_framework.trades.arithmetic import rounding
from trading.strategy_framework.trades.arithmetic.rounding import Rounding
from trading.strategy_framework.trades.markets.ticks import MonthlyTicks, tick_by_month

__all__ = ["LeverageTier", "MonthlyTicks", "PairMarket", "tick_by_month"]


class LeverageTier(msgspec.Struct, frozen=True):
    """One step of a pair's leverage table; positions are measured in quote currency."""

    notional_min: float
    notional_max: float | None
    maintenance_ratio: float
    leverage_max: float
    maintenance_amount: float | None = None


class PairMarket(msgspec.Struct, frozen=True):
    """A pair's rules; None means without a limit. Fees are fractions, ticks are step sizes.

    `contract_size` is in base units, `leverage_tiers` are sorted from the smallest position.
    """

    pair: str
    price_tick: float | None = None
    amount_tick: float | None = None
    amount_min: float | None = None
    amount_max: float | None = None
    cost_min: float | None = None
    cost_max: float | None = None
    taker: float = 0.001
    maker: float = 0.001
    contract_size: float | None = None
    leverage_tiers: tuple[LeverageTier, ...] = ()
    leverage_max: float | None = None
    """The market's own limit; only Hyperliquid, which has no tiers, goes by it."""

    def __post_init__(self) -> None:
        """Refuse ticks that are not steps."""
        for name in ("price_tick", "amount_tick"):
            tick = getattr(self, name)
            if tick is not None and not tick > 0:
                raise ValueError(f"{self.pair}: {name} is a step size greater than zero, not {tick!r}")

    @property
    def base_currency(self) -> str:
        """The currency that is bought: `BTC` of `BTC/USDT:USDT`."""
        return self.pair.partition("/")[0]

    def price_to_precision(
        self, price: float, *, rounding_mode: Rounding = "nearest", tick: float | None = None
    ) -> float:
        """Return `price` in whole steps of `tick`, or of the market's where that is None."""
        return rounding.price_to_precision(
            price, self.price_tick if tick is None else tick, rounding=rounding_mode
        )

    def amount_to_precision(self, amount: float) -> float:
        """Return `amount` (base units) cut to what an order may have."""
        return rounding.amount_to_contract_precision(amount, self.amount_tick, self.contract_size)
