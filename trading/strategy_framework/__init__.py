"""The strategy side of Tidegate: freqtrade's interface, loading of strategy files, signals.

A strategy computes columns on a frame of closed candles; everything that turns those columns into
decisions is here, pure, and shared by the live host and the backtest, so that both decide alike.

The way of a strategy: `loading` makes an object of a file (its `interface` is freqtrade's, `parameters`
what an optimiser moves), `analysis` gives `candles` their signals, `trade_manager` turns these into
orders, `trades` keeps the accounts. `qtpylib`, `technical` and `freqtrade_modules` are what strategy files
import by the names that these have elsewhere.
"""

from trading.strategy_framework.interface.strategy import IStrategy

__all__ = ["IStrategy"]
