"""What a case is: everything both sides need to run one backtest."""

from typing import Any

import msgspec
import pandas as pd

CandleKey = tuple[str, str, str]
"""Pair, time frame, kind (``spot``, ``futures``, ``mark`` or ``funding_rate``)."""


class Case(msgspec.Struct, kw_only=True):
    """One backtest: a pure function of its kind and seed."""

    kind: str
    seed: int
    strategy: str
    source: str
    config: dict[str, Any]
    """A whole freqtrade configuration."""
    timerange: str | None
    markets: list[dict[str, Any]]
    tiers: dict[str, list[dict[str, Any]]]
    candles: dict[CandleKey, pd.DataFrame]
    beside: dict[str, Any] = msgspec.field(default_factory=dict)
    """The parameters in a JSON file beside the strategy; without any there is no such file."""

    @property
    def name(self) -> str:
        """Return ``kind:seed``, which the command line takes."""
        return f"{self.kind}:{self.seed}"
