"""From a strategy class and a configuration to a strategy object that is ready to run.

The configuration beats the file of parameters, which beats the class, which beats the defaults.
"""

from collections.abc import Mapping
from typing import Any

from trading.strategy_framework.errors import StrategyError, StrategyFailed
from trading.strategy_framework.interface.enums import CandleType, RunMode, TradingMode
from trading.strategy_framework.interface.legacy import rename_settings, renamed_tables
from trading.strategy_framework.interface.overrides import old_names_of
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.loading.requirements import settings_problem
from trading.strategy_framework.parameters.values import apply_tables, load_values

_DEFAULTS: dict[str, Any] = {
    "minimal_roi": {"0": 10.0},
    "timeframe": None,
    "stoploss": None,
    "trailing_stop": None,
    "trailing_stop_positive": None,
    "trailing_stop_positive_offset": 0.0,
    "trailing_only_offset_is_reached": None,
    "use_custom_stoploss": None,
    "process_only_new_candles": None,
    "order_types": None,
    "order_time_in_force": None,
    "stake_currency": None,
    "stake_amount": None,
    "startup_candle_count": None,
    "unfilledtimeout": None,
    "use_exit_signal": True,
    "exit_profit_only": False,
    "ignore_roi_if_entry_signal": False,
    "exit_profit_offset": 0.0,
    "disable_dataframe_checks": False,
    "ignore_buying_expired_candle_after": 0,
    "position_adjustment_enable": False,
    "max_entry_position_adjustment": -1,
    "max_open_trades": float("inf"),
}
_ORDER_TYPES = ("entry", "exit", "stoploss", "stoploss_on_exchange")
_TIMES_IN_FORCE = ("entry", "exit")


def configured(strategy_class: type[IStrategy], config: Mapping[str, Any] | None = None) -> IStrategy:
    """Return an object of the class with the settings that count; `config` itself is not changed.

    The object's own `config` is a copy that also holds what the strategy says.

    Raises:
        StrategyError: a setting is missing or makes no sense, or the class itself raised.
    """
    own = dict(config or {})
    own["runmode"] = RunMode(own.get("runmode", RunMode.OTHER))  # strategies ask for its `.value`
    own["trading_mode"] = TradingMode(own.get("trading_mode", TradingMode.SPOT))
    own.setdefault("candle_type_def", CandleType.get_default(own["trading_mode"]))
    own |= renamed_tables(own)
    strategy = _made(strategy_class, own)
    rename_settings(strategy)
    apply_tables(strategy, strategy.wiring.file_parameters)
    for name, value in renamed_tables(_tables_of(strategy)).items():
        setattr(strategy, name, value)
    for name, default in _DEFAULTS.items():
        _settle(strategy, own, name, default)
    _normalise(strategy)
    if problem := settings_problem(strategy) or _problem_with_orders(strategy):
        raise StrategyError(f"{strategy_class.__name__}: {problem}")
    return strategy


def start(strategy: IStrategy) -> None:
    """Call `bot_start`, then give the parameters their values; `dp` and `wallets` are set by now.

    Raises:
        StrategyFailed: `bot_start` raised.
        StrategyError: a parameter is not declared as it must be.
    """
    try:
        strategy.bot_start()
    except Exception as error:  # a user's code may raise anything
        name = strategy.get_strategy_name()
        raise StrategyFailed(f"bot_start of {name} raised {type(error).__name__}: {error}") from error
    load_values(strategy, strategy.wiring.file_parameters)


def _made(strategy_class: type[IStrategy], config: dict[str, Any]) -> IStrategy:
    try:
        strategy = strategy_class(config)
    except StrategyError:
        raise
    except Exception as error:  # a user's code may raise anything
        name = strategy_class.__name__
        raise StrategyError(f"{name}(config) raised {type(error).__name__}: {error}") from error
    if not hasattr(strategy, "wiring"):
        raise StrategyError(f"{strategy_class.__name__}.__init__ must call super().__init__(config)")
    return strategy


def _settle(strategy: IStrategy, config: dict[str, Any], name: str, default: Any) -> None:
    """Let the configuration beat the strategy, and the strategy fill the configuration."""
    is_computed = isinstance(getattr(type(strategy), name, None), property)
    if name in config and not is_computed:
        setattr(strategy, name, config[name])
    elif hasattr(strategy, name):
        value = getattr(strategy, name)
        if value is not None:
            config[name] = float("inf") if name == "max_open_trades" and value == -1 else value
    elif default is not None:
        setattr(strategy, name, default)
        config[name] = default


def _normalise(strategy: IStrategy) -> None:
    """Sort the returns by whole minutes; make the stop a float and the slots a limit."""
    changed: dict[str, Any] = {}
    try:
        changed["minimal_roi"] = dict(
            sorted((int(minutes), ratio) for minutes, ratio in strategy.minimal_roi.items())
        )
        if hasattr(strategy, "stoploss"):
            changed["stoploss"] = float(strategy.stoploss)
        if strategy.max_open_trades < 0:
            changed["max_open_trades"] = float("inf")
    except (AttributeError, TypeError, ValueError) as error:
        raise StrategyError(f"{strategy.get_strategy_name()}: a setting can't be read: {error}") from error
    for name, value in changed.items():
        if not isinstance(getattr(type(strategy), name, None), property):
            setattr(strategy, name, value)


def _tables_of(strategy: IStrategy) -> dict[str, Any]:
    names = ("order_types", "order_time_in_force", "unfilledtimeout")
    return {name: getattr(strategy, name) for name in names}


def _problem_with_orders(strategy: IStrategy) -> str | None:
    for name, wanted in (("order_types", _ORDER_TYPES), ("order_time_in_force", _TIMES_IN_FORCE)):
        missing = [key for key in wanted if key not in (getattr(strategy, name) or {})]
        if missing:
            return f"{name} lacks {', '.join(missing)}"
    is_futures = strategy.config["trading_mode"] == TradingMode.FUTURES
    if is_futures and (old_names := old_names_of(strategy)):  # freqtrade's rule
        changes = ", ".join(f"{old} to {new}" for old, new in old_names.items())
        return f"version 2 names can't trade futures; rename {changes}"
    if strategy.can_short and not is_futures:
        return (
            "can_short needs trading_mode futures; in a spot market set can_short = False "
            "(its short signals are then ignored)"
        )
    return None
