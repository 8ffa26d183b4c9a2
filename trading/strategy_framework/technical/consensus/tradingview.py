"""The indicators that TradingView's gauges ask, with its settings."""

import pandas as pd

from trading.strategy_framework.technical.consensus.votes import Consensus

__all__ = ["Consensus", "MovingAverageConsensus", "OscillatorConsensus", "SummaryConsensus"]


class MovingAverageConsensus(Consensus):
    """TradingView's moving averages."""

    def __init__(self, dataframe: pd.DataFrame) -> None:
        super().__init__(dataframe)
        for period in (10, 20, 30, 50, 100, 200):
            self.evaluate_sma(period=period)
        for period in (10, 20, 30, 50, 100, 200):
            self.evaluate_ema(period=period)
        self.evaluate_ichimoku()
        self.evaluate_hull()
        self.evaluate_vwma(period=20)


class OscillatorConsensus(Consensus):
    """TradingView's oscillators."""

    def __init__(self, dataframe: pd.DataFrame) -> None:
        super().__init__(dataframe)
        self.evaluate_rsi(period=14)
        self.evaluate_stoch()
        self.evaluate_cci(period=20)
        self.evaluate_adx()
        self.evaluate_macd()
        self.evaluate_momentum(period=10)
        self.evaluate_williams()
        self.evaluate_ultimate_oscilator()


class SummaryConsensus(Consensus):
    """TradingView's summary of both."""

    def __init__(self, dataframe: pd.DataFrame) -> None:
        super().__init__(dataframe)
        self.evaluate_consensus(OscillatorConsensus(dataframe), "osc", average=False)
        self.evaluate_consensus(MovingAverageConsensus(dataframe), "moving_average_consensus", average=False)
