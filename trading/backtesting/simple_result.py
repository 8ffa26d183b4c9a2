"""What a backtest found, and its figures."""

import math
from collections.abc import Sequence
from typing import Any

import msgspec

from trading.backtesting.errors import BadTerms


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The conditions of a backtest.

    `fee` is the taker's fraction of the notional on both sides, `stake_ratio` the share of the cash
    that an entry spends.
    """

    capital: float = 10_000.0
    fee: float = 0.001
    stake_ratio: float = 1.0

    def __post_init__(self) -> None:
        if not (self.capital > 0 and 0 <= self.fee < 1 and 0 < self.stake_ratio <= 1):
            raise BadTerms("capital must be above 0, fee in [0, 1) and stake_ratio in (0, 1]")


class BacktestTrade(msgspec.Struct, frozen=True, kw_only=True):
    """One round trip. Times are RFC 3339; profits include both fees.

    `stake` is what the position cost with its fee, `profit_ratio` a fraction of it.
    """

    symbol: str
    opened_at: str
    closed_at: str
    entry_price: float
    exit_price: float
    size: float
    stake: float
    profit: float
    profit_ratio: float
    enter_tag: str
    exit_reason: str
    candles_held: int


class BacktestResult(msgspec.Struct, frozen=True, kw_only=True):
    """A backtest of one strategy on one symbol; money in quote currency, ratios as fractions.

    `equity` holds one point a candle: the account at that candle's close, before exit fees.
    `drawdown_max` is at most 0. `profit_factor` is gains over losses, nothing without a loss.
    `market_return` is that of holding from the first decision's open to the last close.
    """

    strategy: str
    symbol: str
    timeframe: str
    first_candle: str
    last_candle: str
    candles: int
    terms: Terms
    final_equity: float
    total_return: float
    market_return: float
    fees: float
    trades: list[BacktestTrade]
    wins: int
    win_rate: float | None
    profit_factor: float | None
    drawdown_max: float
    exposure: float
    equity: list[float]

    def to_json(self) -> bytes:
        """Return the result as indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"

    def summary(self) -> dict[str, Any]:
        """Return the figures without the lists, for a log line or a table."""
        document = msgspec.structs.asdict(self)
        document["trades"] = len(self.trades)
        del document["equity"], document["terms"]
        return document | msgspec.structs.asdict(self.terms)


def drawdown_max(equity: Sequence[float]) -> float:
    """Return the deepest fall from a peak as a fraction, at most 0."""
    peak, deepest = -math.inf, 0.0
    for value in equity:
        peak = max(peak, value)
        deepest = min(deepest, value / peak - 1)
    return deepest


def profit_factor(profits: Sequence[float]) -> float | None:
    """Return the sum of gains over the sum of losses; nothing where nothing was lost."""
    losses = -math.fsum(profit for profit in profits if profit < 0)
    return math.fsum(profit for profit in profits if profit > 0) / losses if losses else None
