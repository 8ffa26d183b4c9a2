"""A strategy's accounts: trades and their exact arithmetic, market rules, wallet, locks, protections.

Everything a strategy can see here has freqtrade's names and gives freqtrade's numbers, to the last digit.

A `trade` is built up in layers, each in its file: its fields, its orders, their profit, its stops, its
fills. Beside it stand the questions to the class (`trade_queries`), its JSON and its notes
(`custom_data`). The `book` holds a run's trades and locks, the `wallet` its money, `settings` its terms;
`protections` lock pairs. `markets` are what venues allow, `arithmetic` the exact decimals below all.
"""

from trading.strategy_framework.trades.book import TradeBook, current
from trading.strategy_framework.trades.markets.funding import FundingRates
from trading.strategy_framework.trades.markets.liquidation import update_liquidation_prices
from trading.strategy_framework.trades.markets.market import (
    LeverageTier,
    MonthlyTicks,
    PairMarket,
    tick_by_month,
)
from trading.strategy_framework.trades.markets.stakes import max_leverage, max_stake, min_stake
from trading.strategy_framework.trades.order import Order
from trading.strategy_framework.trades.pair_locks import PairLock, PairLocks
from trading.strategy_framework.trades.protections import Protections
from trading.strategy_framework.trades.settings import TradingTerms, merge_terms
from trading.strategy_framework.trades.trade import Trade
from trading.strategy_framework.trades.wallet import Wallet

__all__ = [
    "FundingRates",
    "LeverageTier",
    "MonthlyTicks",
    "Order",
    "PairLock",
    "PairLocks",
    "PairMarket",
    "Protections",
    "Trade",
    "TradeBook",
    "TradingTerms",
    "Wallet",
    "current",
    "max_leverage",
    "max_stake",
    "merge_terms",
    "min_stake",
    "tick_by_month",
    "update_liquidation_prices",
]
