"""The modules and names that a strategy file may import from `freqtrade`, `technical` and `skopt.space`.

Each name is looked up when it is first asked for, so that a file which imports little loads little.
"""

import importlib
from types import ModuleType
from typing import Any

_OURS = "trading.strategy_framework"
_TRADES = {"Trade": "trades.trade", "Order": "trades.order", "PairLocks": "trades.pair_locks"}
_PARAMETERS = dict.fromkeys(
    ("BooleanParameter", "CategoricalParameter", "DecimalParameter", "IntParameter", "RealParameter"),
    "parameters.kinds",
)
_TIMES = dict.fromkeys(
    (
        "timeframe_to_minutes",
        "timeframe_to_msecs",
        "timeframe_to_next_date",
        "timeframe_to_prev_date",
        "timeframe_to_seconds",
    ),
    "candles.times",
)
_MORE_TIMES = dict.fromkeys(("date_minus_candles", "timeframe_to_resample_freq"), "candles.times")
_STOPS = dict.fromkeys(("stoploss_from_absolute", "stoploss_from_open"), "freqtrade_modules.stops")
_MERGING = {"merge_informative_pair": "candles.merging"}
_INFORMATIVE = {"informative": "interface.informative"}
_INTERFACE = {"IStrategy": "interface.strategy"}
_ENUMS = dict.fromkeys(
    (
        "CandleType",
        "ExitType",
        "MarginMode",
        "MarketDirection",
        "NON_UTIL_MODES",
        "OPTIMIZE_MODES",
        "RunMode",
        "SignalDirection",
        "SignalTagType",
        "SignalType",
        "State",
        "TRADE_MODES",
        "TradingMode",
    ),
    "interface.enums",
)
_ERRORS = dict.fromkeys(
    (
        "ConfigurationError",
        "DDosProtection",
        "DependencyException",
        "ExchangeError",
        "FreqtradeException",
        "InsufficientFundsError",
        "InvalidOrderException",
        "OperationalException",
        "PricingError",
        "RetryableOrderError",
        "StrategyError",
        "TemporaryError",
    ),
    "freqtrade_modules.errors",
)
_TOOLS = dict.fromkeys(("dt_floor_day", "dt_from_ts", "dt_now", "dt_ts", "dt_utc"), "freqtrade_modules.tools")
_SPACES = dict.fromkeys(
    ("Categorical", "Dimension", "Integer", "Real", "SKDecimal"), "freqtrade_modules.search_spaces"
)
_STRATEGY = {
    **_INTERFACE,
    **_TRADES,
    **_INFORMATIVE,
    **_PARAMETERS,
    **_TIMES,
    **_MERGING,
    **_STOPS,
}

# Module → name → the module of ours that has it.
_NAMES: dict[str, dict[str, str]] = {
    "freqtrade": {},
    "freqtrade.constants": {},
    "freqtrade.data": {},
    "freqtrade.data.dataprovider": {"DataProvider": "interface.data_provider"},
    "freqtrade.enums": _ENUMS,
    "freqtrade.exceptions": _ERRORS,
    "freqtrade.exchange": {**_TIMES, **_MORE_TIMES},
    "freqtrade.exchange.exchange_utils": {"date_minus_candles": "candles.times"},
    "freqtrade.ft_types": {},
    "freqtrade.misc": dict.fromkeys(("file_dump_json", "json_load"), "freqtrade_modules.tools"),
    "freqtrade.optimize": {},
    "freqtrade.optimize.hyperopt": dict.fromkeys(
        ("IHyperOpt", "IHyperOptLoss"), "freqtrade_modules.search_spaces"
    ),
    "freqtrade.optimize.hyperopt.hyperopt_interface": {"IHyperOpt": "freqtrade_modules.search_spaces"},
    "freqtrade.optimize.hyperopt_interface": {"IHyperOpt": "freqtrade_modules.search_spaces"},
    "freqtrade.optimize.hyperopt_loss": {},
    "freqtrade.optimize.hyperopt_loss.hyperopt_loss_interface": {
        "IHyperOptLoss": "freqtrade_modules.search_spaces"
    },
    "freqtrade.optimize.hyperopt_loss_interface": {"IHyperOptLoss": "freqtrade_modules.search_spaces"},
    "freqtrade.optimize.space": _SPACES,
    "freqtrade.persistence": _TRADES,
    "freqtrade.persistence.models": _TRADES,
    "freqtrade.persistence.pairlock_middleware": {"PairLocks": "trades.pair_locks"},
    "freqtrade.persistence.trade_model": {"Trade": "trades.trade", "Order": "trades.order"},
    "freqtrade.state": {"RunMode": "interface.enums", "State": "interface.enums"},
    "freqtrade.strategy": _STRATEGY,
    "freqtrade.strategy.hyper": _PARAMETERS,
    "freqtrade.strategy.informative_decorator": _INFORMATIVE,
    "freqtrade.strategy.interface": {**_INTERFACE, **_TRADES, **_TIMES},
    "freqtrade.strategy.parameters": _PARAMETERS,
    "freqtrade.strategy.strategy_helper": {**_MERGING, **_STOPS},
    "freqtrade.util": _TOOLS,
    "freqtrade.vendor": {},
    "freqtrade.vendor.qtpylib": {},
    "freqtrade.wallets": {"Wallets": "trades.wallet"},
    "skopt": {},
    "skopt.space": _SPACES,
    "technical": {},
}
# Module → the module of ours whose `__all__` it shows.
_MIRRORS = {
    "freqtrade.vendor.qtpylib.indicators": "qtpylib",
    "technical.bouncyhouse": "technical.bouncyhouse",
    "technical.candles": "technical.candles",
    "technical.consensus": "technical.consensus",
    "technical.consensus.consensus": "technical.consensus.votes",
    "technical.consensus.movingaverage": "technical.consensus.tradingview",
    "technical.consensus.oscillator": "technical.consensus.tradingview",
    "technical.consensus.summary": "technical.consensus.tradingview",
    "technical.indicator_helpers": "technical.indicator_helpers",
    "technical.indicators": "technical.indicators",
    "technical.pivots_points": "technical.pivots_points",
    "technical.qtpylib": "qtpylib",
    "technical.trendline": "technical.trendline",
    "technical.util": "technical.util",
}
# Modules whose import gives pandas' objects qtpylib's methods.
_WITH_METHODS = {
    "freqtrade.vendor.qtpylib.indicators",
    "technical.consensus",
    "technical.indicators",
    "technical.pivots_points",
    "technical.qtpylib",
}
_RENAMED = {"Wallets": "Wallet"}
_VALUES: dict[str, dict[str, Any]] = {
    "freqtrade.constants": {
        "Config": dict[str, Any],
        "ListPairsWithTimeframes": list[tuple[str, str, str]],
        "PairWithTimeframe": tuple[str, str, str],
    },
    "freqtrade.ft_types": {"AnnotationType": dict[str, Any]},
    "freqtrade.strategy": {"AnnotationType": dict[str, Any]},
}


class OfferedModule(ModuleType):
    """A module that exists for strategy files only."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        mirror = _MIRRORS.get(name)
        names = _mirrored(mirror) if mirror else _NAMES.get(name, {})
        if name in _WITH_METHODS:
            importlib.import_module(f"{_OURS}.qtpylib.methods").add_to_pandas()
        self._where = names
        vars(self).update(_VALUES.get(name, {}))
        self.__all__ = [*names, *_VALUES.get(name, {})]

    def __getattr__(self, name: str) -> Any:
        child = f"{self.__name__}.{name}"
        if name in self._where:
            module = importlib.import_module(f"{_OURS}.{self._where[name]}")
            value = getattr(module, _RENAMED.get(name, name))
        elif is_offered(child):
            value = offered_module(child)
        else:
            raise AttributeError(f"{self.__name__} has no {name} here")
        setattr(self, name, value)
        return value


_modules: dict[str, OfferedModule] = {}


def is_offered(name: str) -> bool:
    """Return whether strategy files may import a module of that name from us."""
    return name in _NAMES or name in _MIRRORS


def is_ours(name: str) -> bool:
    """Return whether a module of that name can only come from us."""
    return name.partition(".")[0] in {"freqtrade", "technical"}


def offered_module(name: str) -> OfferedModule:
    """Return the module of that name; the same one each time."""
    if name not in _modules:
        _modules[name] = OfferedModule(name)
    return _modules[name]


def _mirrored(module: str) -> dict[str, str]:
    names: list[str] = importlib.import_module(f"{_OURS}.{module}").__all__
    return dict.fromkeys(names, module)
