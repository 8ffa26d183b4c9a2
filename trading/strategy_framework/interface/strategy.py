"""The strategy interface: freqtrade's names and defaults, so that its users' files run here.

The facts come from freqtrade's documentation and behaviour (2026.9), none of its code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NoReturn

import pandas as pd

from trading.strategy_framework.candles.times import timeframe_to_next_date, utc_now
from trading.strategy_framework.errors import StrategyError
from trading.strategy_framework.interface.callbacks import Callbacks
from trading.strategy_framework.interface.data_provider import DataProvider
from trading.strategy_framework.interface.enums import CandleType, MarketDirection
from trading.strategy_framework.interface.informative import (
    Informative,
    PopulateIndicators,
    asset_of,
    informatives_of,
)
from trading.strategy_framework.interface.order_callbacks import OrderCallbacks
from trading.strategy_framework.parameters.values import own_parameters, read_file_parameters
from trading.strategy_framework.trades.pair_locks import PairLocks


@dataclass(frozen=True)
class Wiring:
    """What we keep with a strategy object, under one name so that no name of a user's is taken."""

    file_parameters: dict[str, Any]
    informatives: list[tuple[Informative, PopulateIndicators]]


class IStrategy(Callbacks, OrderCallbacks):
    """Base of every strategy: subclass it, set `stoploss` and `timeframe`, fill three methods.

    A frame has one row per closed candle, oldest first, with the columns `date` (open time, UTC),
    `open`, `high`, `low`, `close`, `volume` as float64. The methods return it with more columns:
    `enter_long`, `exit_long`, `enter_short`, `exit_short` (1 is yes), and `enter_tag`, `exit_tag`
    as text.

    Ratios are fractions: `stoploss = -0.05` sells at a loss of 5 %, `minimal_roi = {"30": 0.01}`
    at a profit of 1 % from the 30th minute on.
    """

    INTERFACE_VERSION: int = 3

    timeframe: str
    stoploss: float
    minimal_roi: Mapping[Any, float] = {}  # users' classes replace it
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

    uses_venues: bool = False
    """Ours, not freqtrade's: ask for a column `venue_close_<venue>` for each other venue.

    NaN where a venue traded nothing in that candle.
    """

    dp: DataProvider
    wallets: Any = None
    stake_currency: str = "USDT"
    market_direction: MarketDirection = MarketDirection.NONE
    __file__: str = ""

    def __init__(self, config: dict[str, Any] | None = None) -> None:
        self.config: dict[str, Any] = {} if config is None else config
        self.wiring = Wiring(
            file_parameters=read_file_parameters(type(self)), informatives=informatives_of(type(self))
        )
        own_parameters(self)

    @property
    def freqai(self) -> NoReturn:
        """Refuse: freqtrade's own machine learning is not part of this."""
        raise StrategyError("freqAI is not offered; forecasts come as columns with uses_forecasts = True")

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:  # noqa: ARG002
        """Add indicator columns; `metadata["pair"]` is the symbol."""
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Set `enter_long`, `enter_short` (and `enter_tag`) on the candles to enter after."""
        return self.populate_buy_trend(dataframe, metadata)

    def populate_buy_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:  # noqa: ARG002
        """Set `buy` on the candles to buy after: the name of version 2."""
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Set `exit_long`, `exit_short` (and `exit_tag`) on the candles to exit after."""
        return self.populate_sell_trend(dataframe, metadata)

    def populate_sell_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:  # noqa: ARG002
        """Set `sell` on the candles to sell after: the name of version 2."""
        return dataframe

    def get_strategy_name(self) -> str:
        """Return the class's name."""
        return type(self).__name__

    def gather_informative_pairs(self) -> list[tuple[str, str, CandleType]]:
        """Return every (pair, timeframe, candle type) that the strategy reads beside its own candles."""
        default = self.config.get("candle_type_def", CandleType.SPOT)
        wanted = {
            (pair[0], pair[1], CandleType(pair[2]) if len(pair) > 2 and pair[2] else default)
            for pair in self.informative_pairs()
        }
        stake = self.config.get("stake_currency", "")
        for one, _ in self.wiring.informatives:
            pairs = self.dp.current_whitelist() if one.is_relative else [""]
            for pair in pairs:
                market = self.dp.market(pair) if pair else None
                asset = asset_of(one, pair, stake=stake, market=market)
                wanted.add((asset, one.timeframe, one.candle_type or default))
        return sorted(wanted)

    def lock_pair(self, pair: str, until: datetime, reason: str | None = None, side: str = "*") -> None:
        """Forbid entries into the pair until a time (UTC), on one side (`long`, `short`) or both."""
        PairLocks.lock_pair(pair, until, reason, side=side)

    def unlock_pair(self, pair: str) -> None:
        """Lift the locks of the pair that hold now."""
        PairLocks.unlock_pair(pair, utc_now())

    def unlock_reason(self, reason: str) -> None:
        """Lift the locks with that reason that hold now."""
        PairLocks.unlock_reason(reason, utc_now())

    def is_pair_locked(self, pair: str, *, candle_date: datetime | None = None, side: str = "*") -> bool:
        """Return whether the pair is locked, now or at the end of the candle of `candle_date`."""
        if candle_date is None:
            return PairLocks.is_pair_locked(pair, side=side)
        until = timeframe_to_next_date(self.timeframe, candle_date)
        return PairLocks.is_pair_locked(pair, until, side=side)
