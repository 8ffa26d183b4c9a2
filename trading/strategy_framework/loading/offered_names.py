"""What strategy files may import from `freqtrade`, `technical` and `skopt`: the tables, and nothing else.

`MODULES` says which names each of their modules has, `HOMES` which room of ours has a name. `MIRRORS`
are modules that show all of one room. Rooms are named from `trading.strategy_framework` on.
"""

from typing import Any

_TRADES = ("Trade", "Order", "PairLocks")
_PARAMETERS = (
    "BooleanParameter",
    "CategoricalParameter",
    "DecimalParameter",
    "IntParameter",
    "RealParameter",
)
_TIMES = (
    "timeframe_to_minutes",
    "timeframe_to_msecs",
    "timeframe_to_next_date",
    "timeframe_to_prev_date",
    "timeframe_to_seconds",
)
_MORE_TIMES = ("date_minus_candles", "timeframe_to_resample_freq")
_STOPS = ("stoploss_from_absolute", "stoploss_from_open")
_ENUMS = (
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
)
_ERRORS = (
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
)
_DATES = ("dt_floor_day", "dt_from_ts", "dt_now", "dt_ts", "dt_utc")
_FILES = ("file_dump_json", "json_load")
_SPACES = ("Categorical", "Dimension", "Integer", "Real", "SKDecimal")

MODULES: dict[str, tuple[str, ...]] = {
    "freqtrade": (),
    "freqtrade.constants": (),
    "freqtrade.data": (),
    "freqtrade.data.dataprovider": ("DataProvider",),
    "freqtrade.enums": _ENUMS,
    "freqtrade.exceptions": _ERRORS,
    "freqtrade.exchange": (*_TIMES, *_MORE_TIMES),
    "freqtrade.exchange.exchange_utils": ("date_minus_candles",),
    "freqtrade.ft_types": (),
    "freqtrade.misc": _FILES,
    "freqtrade.optimize": (),
    "freqtrade.optimize.hyperopt": ("IHyperOpt", "IHyperOptLoss"),
    "freqtrade.optimize.hyperopt.hyperopt_interface": ("IHyperOpt",),
    "freqtrade.optimize.hyperopt_interface": ("IHyperOpt",),
    "freqtrade.optimize.hyperopt_loss": (),
    "freqtrade.optimize.hyperopt_loss.hyperopt_loss_interface": ("IHyperOptLoss",),
    "freqtrade.optimize.hyperopt_loss_interface": ("IHyperOptLoss",),
    "freqtrade.optimize.space": _SPACES,
    "freqtrade.persistence": _TRADES,
    "freqtrade.persistence.models": _TRADES,
    "freqtrade.persistence.pairlock_middleware": ("PairLocks",),
    "freqtrade.persistence.trade_model": ("Trade", "Order"),
    "freqtrade.state": ("RunMode", "State"),
    "freqtrade.strategy": (
        "IStrategy",
        *_TRADES,
        "informative",
        *_PARAMETERS,
        *_TIMES,
        "merge_informative_pair",
        *_STOPS,
    ),
    "freqtrade.strategy.hyper": _PARAMETERS,
    "freqtrade.strategy.informative_decorator": ("informative",),
    "freqtrade.strategy.interface": ("IStrategy", *_TRADES, *_TIMES),
    "freqtrade.strategy.parameters": _PARAMETERS,
    "freqtrade.strategy.strategy_helper": ("merge_informative_pair", *_STOPS),
    "freqtrade.util": _DATES,
    "freqtrade.vendor": (),
    "freqtrade.vendor.qtpylib": (),
    "freqtrade.wallets": ("Wallets",),
    "skopt": (),
    "skopt.space": _SPACES,
    "technical": (),
}

HOMES: dict[str, tuple[str, ...]] = {
    "candles.merging": ("merge_informative_pair",),
    "candles.times": (*_TIMES, *_MORE_TIMES),
    "freqtrade_modules.errors": _ERRORS,
    "freqtrade_modules.search_spaces": (*_SPACES, "IHyperOpt", "IHyperOptLoss"),
    "freqtrade_modules.stops": _STOPS,
    "freqtrade_modules.tools": (*_DATES, *_FILES),
    "interface.data_provider": ("DataProvider",),
    "interface.enums": _ENUMS,
    "interface.informative": ("informative",),
    "interface.strategy": ("IStrategy",),
    "parameters.kinds": _PARAMETERS,
    "trades.order": ("Order",),
    "trades.pair_locks": ("PairLocks",),
    "trades.trade": ("Trade",),
    "trades.wallet": ("Wallets",),
}
OUR_NAMES = {"Wallets": "Wallet"}
"""Names that are other ones in their room."""

MIRRORS = {
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

GIVES_PANDAS_METHODS = {
    "freqtrade.vendor.qtpylib.indicators",
    "technical.consensus",
    "technical.indicators",
    "technical.pivots_points",
    "technical.qtpylib",
}
"""The modules whose import gives pandas' objects qtpylib's functions as methods."""

VALUES: dict[str, dict[str, Any]] = {
    "freqtrade.constants": {
        "Config": dict[str, Any],
        "ListPairsWithTimeframes": list[tuple[str, str, str]],
        "PairWithTimeframe": tuple[str, str, str],
    },
    "freqtrade.ft_types": {"AnnotationType": dict[str, Any]},
    "freqtrade.strategy": {"AnnotationType": dict[str, Any]},
}
"""What no room has: the shapes of values, for annotations."""
