"""The strategy side of Tidegate: freqtrade's interface, loading of strategy files, signals.

A strategy computes columns on a frame of closed candles; everything that turns those columns into
decisions is here, pure, and shared by the live host and the backtest, so that both decide alike.
"""

from trading.strategy_framework.interface.strategy import IStrategy

__all__ = ["IStrategy"]
