"""How many indicators agree: what strategies import as `technical.consensus`."""

from trading.strategy_framework.technical.consensus.tradingview import (
    MovingAverageConsensus,
    OscillatorConsensus,
    SummaryConsensus,
)
from trading.strategy_framework.technical.consensus.votes import Consensus

__all__ = ["Consensus", "MovingAverageConsensus", "OscillatorConsensus", "SummaryConsensus"]
