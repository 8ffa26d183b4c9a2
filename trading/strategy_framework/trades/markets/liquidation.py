"""The price at which a venue ends a leveraged position, by each venue's published formula.

Sources, as freqtrade 2026.9 applies them: Binance "How to calculate the liquidation price", Bybit
"Liquidation price under isolated mode", Hyperliquid docs "Liquidations", Bitget "Estimated liquidation
price"; every other venue by entry price, margin and maintenance ratio plus taker fee. Stakes, not
position values, pick the maintenance tier.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from trading.strategy_framework.trades.book import TradeBook
from trading.strategy_framework.trades.errors import LeverageRefused, LiquidationUnknown
from trading.strategy_framework.trades.markets.market import PairMarket
from trading.strategy_framework.trades.settings import TradingTerms
from trading.strategy_framework.trades.trade import Trade
from trading.strategy_framework.trades.wallet import Wallet


class Holding(msgspec.Struct, frozen=True):
    """What a liquidation price follows from; `margin` is the money that secures the position.

    `cross` is what other positions add to it: their unrealised profit less their maintenance margin.
    """

    market: PairMarket
    open_rate: float
    is_short: bool
    amount: float
    stake_amount: float
    leverage: float
    margin: float
    cross: float = 0.0


def maintenance(market: PairMarket, stake: float) -> tuple[float, float | None]:
    """Return the maintenance ratio and amount of the tier that holds `stake`.

    Raises:
        LeverageRefused: the pair has no tiers.
    """
    for tier in reversed(market.leverage_tiers):
        if stake >= tier.notional_min:
            return tier.maintenance_ratio, tier.maintenance_amount
    raise LeverageRefused(
        f"{market.pair}: no leverage tier gives a maintenance margin for a stake of {stake}"
    )


def _binance(held: Holding) -> float:
    ratio, amount = maintenance(held.market, held.stake_amount)
    if amount is None:
        raise LiquidationUnknown(held.market.pair, "its leverage tiers have no maintenance amount")
    side = -1 if held.is_short else 1
    covered = (held.margin + held.cross + amount) - (side * held.amount * held.open_rate)
    return covered / ((held.amount * ratio) - (side * held.amount))


def _bybit(held: Holding) -> float:
    ratio, _ = maintenance(held.market, held.stake_amount)
    value = held.amount * held.open_rate
    spare = (value / held.leverage - value * ratio) / held.amount
    return held.open_rate + spare if held.is_short else held.open_rate - spare


def _hyperliquid(held: Holding) -> float:
    leverage_max = held.market.leverage_max
    if leverage_max is None:
        raise LiquidationUnknown(held.market.pair, "its market has no leverage limit")
    value = held.open_rate * held.amount
    spare = held.margin - value / leverage_max / 2
    side = -1 if held.is_short else 1
    return held.open_rate - side * spare / held.amount / (1 - (1 / (leverage_max * 2)) * side)


def _bitget(held: Holding) -> float:
    ratio, _ = maintenance(held.market, held.stake_amount)
    side = -1 if held.is_short else 1
    return (held.margin - (held.amount * held.open_rate * side)) / (
        held.amount * (ratio + _taker(held) - side)
    )


def _any_venue(held: Holding) -> float:
    ratio, _ = maintenance(held.market, held.stake_amount)
    per_unit = held.margin / held.amount
    lost = ratio + _taker(held)
    if held.is_short:
        return (held.open_rate + per_unit) / (1 + lost)
    return (held.open_rate - per_unit) / (1 - lost)


def _taker(held: Holding) -> float:
    return held.market.taker or 0.001


_FORMULAS: dict[str, Callable[[Holding], float]] = {
    "binance": _binance,
    "binanceus": _binance,
    "binanceusdm": _binance,
    "bybit": _bybit,
    "bybiteu": _bybit,
    "hyperliquid": _hyperliquid,
    "bitget": _bitget,
}
_CROSS = ("binance", "binanceus", "binanceusdm", "hyperliquid")


def liquidation_price(held: Holding, terms: TradingTerms) -> float | None:
    """Return the price, moved towards the entry by `liquidation_buffer` of the way; None on spot.

    Raises:
        LeverageRefused: the pair has no tiers.
        LiquidationUnknown: the market lacks what the venue's formula needs, or the margin mode.
    """
    if terms.trading_mode == "spot":
        return None
    if terms.margin_mode == "cross" and terms.exchange not in _CROSS:
        raise LiquidationUnknown(held.market.pair, f"cross margin is not known for {terms.exchange}")
    price = _FORMULAS.get(terms.exchange, _any_venue)(held)
    buffer = abs(held.open_rate - price) * terms.liquidation_buffer
    return max(price - buffer if held.is_short else price + buffer, 0.0)


def update_liquidation_prices(
    trade: Trade,
    *,
    markets: Mapping[str, PairMarket],
    terms: TradingTerms,
    wallet: Wallet,
    book: TradeBook,
) -> None:
    """Set the liquidation price of `trade`; in cross margin those of all open positions.

    A pair without leverage tiers keeps the price that it has.
    """
    try:
        if terms.margin_mode == "cross":
            margin = wallet.get_collateral()
            for each in book.open_trades:
                if each.has_open_position:
                    cross = (
                        _others(each.pair, book.open_trades, markets) if terms.exchange in _CROSS[:3] else 0.0
                    )
                    held = _holding(each, markets, margin=margin, cross=cross)
                    each.set_liquidation_price(liquidation_price(held, terms))
        else:
            held = _holding(trade, markets, margin=trade.stake_amount)
            trade.set_liquidation_price(liquidation_price(held, terms))
    except LeverageRefused:
        return


def _holding(
    trade: Trade, markets: Mapping[str, PairMarket], *, margin: float, cross: float = 0.0
) -> Holding:
    return Holding(
        market=markets[trade.pair],
        open_rate=trade.open_rate,
        is_short=trade.is_short,
        amount=trade.amount,
        stake_amount=trade.stake_amount,
        leverage=trade.leverage,
        margin=margin,
        cross=cross,
    )


def _others(pair: str, trades: Sequence[Trade], markets: Mapping[str, PairMarket]) -> float:
    """Return what the positions of other pairs add; they stand at their open rate, as in freqtrade."""
    margins = profit = 0.0
    for trade in trades:
        if trade.pair != pair:
            ratio, amount = maintenance(markets[trade.pair], trade.stake_amount)
            if amount is None:
                raise LiquidationUnknown(trade.pair, "its leverage tiers have no maintenance amount")
            margins += trade.amount * trade.open_rate * ratio - amount
            profit += trade.amount * trade.open_rate - trade.amount * trade.open_rate
    return profit - margins
