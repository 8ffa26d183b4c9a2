"""The smallest and largest stake that a market and its leverage tiers allow."""

from trading.strategy_framework.trades.arithmetic.rounding import contracts_to_amount
from trading.strategy_framework.trades.errors import LeverageRefused
from trading.strategy_framework.trades.markets.market import PairMarket
from trading.strategy_framework.trades.settings import TradingTerms

_OKX = ("okx", "myokx", "okxus")


def min_stake(
    market: PairMarket, terms: TradingTerms, price: float, stoploss: float, leverage: float = 1.0
) -> float | None:
    """Return the least stake that can be bought and still be sold after a loss of `stoploss`, or None.

    The amount is reserved `amount_reserve_percent` more, the cost also the stop's loss, at most half.
    """
    reserve = 1.0 + terms.amount_reserve_percent
    stop_reserve = reserve / (1 - abs(stoploss)) if abs(stoploss) != 1 else 1.5
    stop_reserve = max(min(stop_reserve, 1.5), 1)
    limits = []
    if market.cost_min is not None:
        limits.append(contracts_to_amount(market.cost_min, market.contract_size) * stop_reserve)
    if market.amount_min is not None:
        limits.append(contracts_to_amount(market.amount_min, market.contract_size) * price * reserve)
    return max(limits) / (leverage or 1.0) if limits else None


def max_stake(market: PairMarket, terms: TradingTerms, price: float, leverage: float = 1.0) -> float:
    """Return the largest stake of one order; `inf` without limits."""
    if terms.exchange in _OKX:
        return _okx_stake_max(market, terms, leverage)
    limits = []
    if terms.trading_mode == "futures" and (notional := _notional_max(market, leverage)):
        limits.append(notional)
    if market.cost_max is not None:
        limits.append(contracts_to_amount(market.cost_max, market.contract_size) * 1.0)
    if market.amount_max is not None:
        limits.append(contracts_to_amount(market.amount_max, market.contract_size) * price * 1.0)
    return min(limits) / (leverage or 1.0) if limits else float("inf")


def _okx_stake_max(market: PairMarket, terms: TradingTerms, leverage: float) -> float:
    """Return OKX's limit, which counts only the last tier."""
    notional = market.leverage_tiers[-1].notional_max if market.leverage_tiers else None
    if terms.trading_mode == "spot" or notional is None:
        return float("inf")
    return notional / leverage


def _notional_max(market: PairMarket, leverage: float) -> float | None:
    for tier in reversed(market.leverage_tiers):
        if leverage <= tier.leverage_max:
            return tier.notional_max
    return None


def max_leverage(market: PairMarket, terms: TradingTerms, stake: float) -> float:
    """Return the largest leverage that a position of `stake` may have.

    Raises:
        LeverageRefused: the stake exceeds the last tier.
    """
    if terms.trading_mode == "spot":
        return 1.0
    if terms.exchange == "hyperliquid":
        return market.leverage_max or 1.0
    if not market.leverage_tiers:
        return 1.0
    if stake == 0:
        return market.leverage_tiers[0].leverage_max
    before: float | None = None
    for tier in market.leverage_tiers:
        stake_min = tier.notional_min / (before or tier.leverage_max)
        stake_max = float("inf") if tier.notional_max is None else tier.notional_max / tier.leverage_max
        before = tier.leverage_max
        if stake_min <= stake <= stake_max or stake < min(stake_min, stake_max):
            return tier.leverage_max
    raise LeverageRefused(f"{market.pair}: a stake of {stake} is too high for its leverage tiers")
