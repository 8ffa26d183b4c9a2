"""The strategy interface: freqtrade's names and defaults, so that its users' files run here.

The facts come from freqtrade's documentation and behaviour (2026.9), none of its code. What this
version does not run yet is refused when the strategy is loaded, never ignored: see `requirements`.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import pandas as pd


class IStrategy:
    """Base of every strategy: subclass it, set `stoploss` and `timeframe`, fill three methods.

    A frame has one row per closed candle, oldest first, with the columns `date` (open time, UTC),
    `open`, `high`, `low`, `close`, `volume` as float64. The methods return it with more columns:
    `enter_long` and `exit_long` (1 is yes), and `enter_tag`, `exit_tag` as text.

    Ratios are fractions: `stoploss = -0.05` sells at a loss of 5 %, `minimal_roi = {"30": 0.01}`
    at a profit of 1 % from the 30th minute on.
    """

    INTERFACE_VERSION: int = 3

    timeframe: str = "5m"
    stoploss: float
    minimal_roi: ClassVar[Mapping[str, float]] = {}
    startup_candle_count: int = 0
    max_open_trades: float = float("inf")

    use_custom_roi: bool = False
    trailing_stop: bool = False
    trailing_stop_positive: float | None = None
    trailing_stop_positive_offset: float = 0.0
    trailing_only_offset_is_reached: bool = False
    use_custom_stoploss: bool = False
    can_short: bool = False

    order_types: ClassVar[dict[str, Any]] = {
        "entry": "limit",
        "exit": "limit",
        "stoploss": "limit",
        "stoploss_on_exchange": False,
        "stoploss_on_exchange_interval": 60,
    }
    order_time_in_force: ClassVar[dict[str, str]] = {"entry": "GTC", "exit": "GTC"}
    unfilledtimeout: ClassVar[dict[str, Any]] = {}

    process_only_new_candles: bool = True
    use_exit_signal: bool = True
    exit_profit_only: bool = False
    exit_profit_offset: float = 0.0
    ignore_roi_if_entry_signal: bool = False
    position_adjustment_enable: bool = False
    max_entry_position_adjustment: int = -1
    ignore_buying_expired_candle_after: int = 0
    disable_dataframe_checks: bool = False
    protections: ClassVar[list[dict[str, Any]]] = []
    plot_config: ClassVar[dict[str, Any]] = {}

    uses_forecasts: bool = False
    """Ours, not freqtrade's: ask for the columns `forecast_return` and `forecast_probability_up`.

    Each row carries the newest forecast that was known when its candle closed and whose horizon
    had not ended; NaN where there is none.
    """

    dp: Any = None
    wallets: Any = None
    stake_currency: str = "USDT"

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self.config: Mapping[str, Any] = dict(config or {})

    def version(self) -> str | None:
        """Return the strategy's own version, if it has one."""
        return None

    def bot_start(self, **kwargs: Any) -> None:
        """Prepare once, before the first candle; does nothing unless overridden."""

    def get_strategy_name(self) -> str:
        """Return the class's name."""
        return type(self).__name__

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:  # noqa: ARG002
        """Add indicator columns; `metadata["pair"]` is the symbol."""
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Set `enter_long` (and `enter_tag`) on the candles to buy after."""
        raise NotImplementedError("every strategy defines populate_entry_trend")

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Set `exit_long` (and `exit_tag`) on the candles to sell after."""
        raise NotImplementedError("every strategy defines populate_exit_trend")
