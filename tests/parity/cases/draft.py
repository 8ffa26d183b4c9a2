"""A case in the making: features change it, then it is written out as source and settings."""

from random import Random
from typing import Any

import msgspec


class Draft(msgspec.Struct, kw_only=True):
    """What the features of a kind decide; the defaults make a plain spot case with signals."""

    draw: Random
    timeframe: str = "5m"
    candle_count: int = 260
    pair_count: int = 1
    futures: bool = False
    holes: bool = False
    detail: str | None = None
    timerange: bool = False
    late_start: bool = False
    early_end: bool = False
    lost_pair: bool = False
    """A pair of the whitelist has no candles at all."""
    odd_signals: bool = False
    raw_prices: bool = False
    """Prices keep all the digits that the walk gives them, as resampled or averaged data does."""
    funding_late: bool = False
    """The first funding rates are missing."""
    legacy: bool = False
    informative: bool = False
    parameters: bool = False
    entry_share: float = 0.06
    exit_share: float = 0.04
    wildness: float = 1.0
    """Multiplies the size of each candle."""
    attributes: dict[str, Any] = msgspec.field(default_factory=dict)
    methods: list[str] = msgspec.field(default_factory=list)
    config: dict[str, Any] = msgspec.field(default_factory=dict)
    beside: dict[str, Any] = msgspec.field(default_factory=dict)
    """Parameters in a JSON file beside the strategy, as an optimisation leaves them."""

    def add(self, method: str, **numbers: Any) -> None:
        """Give the strategy a method, its numbers filled in, unless it has one of that name."""
        text = method.format(**numbers) if numbers else method
        name = text.split("def ", 1)[1].split("(", 1)[0]
        if all(f"def {name}(" not in other for other in self.methods):
            self.methods.append(text)
