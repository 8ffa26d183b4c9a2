"""The live strategy host: candles in, signals out, one strategy's failure is its own."""

from trading.api.host.host import StrategyHost

__all__ = ["StrategyHost"]
