"""The enumerations that strategies read or compare with, under freqtrade's names and values."""

from enum import Enum, StrEnum


class RunMode(StrEnum):
    """What the strategy runs in; `dp.runmode` and `config["runmode"]`."""

    LIVE = "live"
    DRY_RUN = "dry_run"
    BACKTEST = "backtest"
    HYPEROPT = "hyperopt"
    UTIL_EXCHANGE = "util_exchange"
    UTIL_NO_EXCHANGE = "util_no_exchange"
    PLOT = "plot"
    WEBSERVER = "webserver"
    OTHER = "other"


TRADE_MODES = [RunMode.LIVE, RunMode.DRY_RUN]
OPTIMIZE_MODES = [RunMode.BACKTEST, RunMode.HYPEROPT]
NON_UTIL_MODES = TRADE_MODES + OPTIMIZE_MODES


class CandleType(StrEnum):
    """What a table of candles holds."""

    SPOT = "spot"
    FUTURES = "futures"
    MARK = "mark"
    INDEX = "index"
    PREMIUMINDEX = "premiumIndex"
    FUNDING_RATE = "funding_rate"
    OPEN_INTEREST = "open_interest"

    @staticmethod
    def from_string(value: str) -> "CandleType":
        """Return the type of that name; spot for an empty one."""
        return CandleType(value or "spot")

    @staticmethod
    def get_default(trading_mode: str) -> "CandleType":
        """Return the type that a trading mode trades on."""
        return CandleType.FUTURES if trading_mode == "futures" else CandleType.SPOT


class TradingMode(StrEnum):
    """Spot or futures."""

    SPOT = "spot"
    MARGIN = "margin"
    FUTURES = "futures"


class MarginMode(StrEnum):
    """How futures positions share their collateral."""

    CROSS = "cross"
    ISOLATED = "isolated"
    NONE = ""


class SignalType(StrEnum):
    """The signal columns."""

    ENTER_LONG = "enter_long"
    EXIT_LONG = "exit_long"
    ENTER_SHORT = "enter_short"
    EXIT_SHORT = "exit_short"


class SignalTagType(StrEnum):
    """The tag columns."""

    ENTER_TAG = "enter_tag"
    EXIT_TAG = "exit_tag"


class SignalDirection(StrEnum):
    """The direction of a trade."""

    LONG = "long"
    SHORT = "short"


class ExitType(Enum):
    """Why a trade is closed."""

    ROI = "roi"
    STOP_LOSS = "stop_loss"
    STOPLOSS_ON_EXCHANGE = "stoploss_on_exchange"
    TRAILING_STOP_LOSS = "trailing_stop_loss"
    LIQUIDATION = "liquidation"
    EXIT_SIGNAL = "exit_signal"
    FORCE_EXIT = "force_exit"
    EMERGENCY_EXIT = "emergency_exit"
    CUSTOM_EXIT = "custom_exit"
    PARTIAL_EXIT = "partial_exit"
    SOLD_ON_EXCHANGE = "sold_on_exchange"
    NONE = ""

    def __str__(self) -> str:
        return str(self.value)


class MarketDirection(Enum):
    """The direction that a user has set for the market."""

    LONG = "long"
    SHORT = "short"
    EVEN = "even"
    NONE = "none"

    def __str__(self) -> str:
        return str(self.value)


class State(Enum):
    """The state of a bot."""

    RUNNING = 1
    PAUSED = 2
    STOPPED = 3
    RELOAD_CONFIG = 4

    def __str__(self) -> str:
        return self.name.lower()
