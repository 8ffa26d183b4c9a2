"""Which keys of a freqtrade configuration count in a backtest, and of what kind their values must be.

A value that changes results and makes no sense is refused, never passed over. Keys of a running bot
(telegram, api_server …) are not for a backtest: they are named once and left alone. A key that nobody
knows is named too, as strategies may read keys of their own.
"""

import difflib
import math
from collections.abc import Callable, Mapping
from typing import Any

from trading.backtesting.data.config.file import Config
from trading.backtesting.data.files.layout import FORMATS
from trading.backtesting.data.time_range import parse_time_range
from trading.backtesting.errors import BadConfig, BadTimeRange

Complaint = str | None
"""What a value should have been, or None where it is right."""


def check_config(config: Config) -> list[str]:
    """Return remarks on keys without effect here.

    Raises:
        BadConfig: names the first key whose value is of the wrong kind, and the kind.
    """
    for key, check in _CHECKS.items():
        if key in config and config[key] is not None and (wanted := check(config[key])):
            raise BadConfig(f"configuration: {key} must be {wanted}, not {config[key]!r}")
    _check_nested(config)
    for key, reason in _REFUSED.items():
        if (value := config.get(key)) and not (isinstance(value, dict) and not value.get("enabled")):
            raise BadConfig(f"configuration: {key} can't be used: {reason}")
    return _remarks(config)


def _check_nested(config: Config) -> None:
    for group, fields in _NESTED.items():
        for field, check in fields.items():
            value = config.get(group, {}).get(field)
            if value is not None and (wanted := check(value)):
                raise BadConfig(f"configuration: {group}.{field} must be {wanted}, not {value!r}")
    unlimited_trades = config.get("max_open_trades") in {-1, math.inf}
    if unlimited_trades and config.get("stake_amount") == "unlimited":
        raise BadConfig("configuration: max_open_trades and stake_amount can't both be unlimited")
    if config.get("trading_mode") == "futures" and config.get("margin_mode", "") == "":
        raise BadConfig("configuration: trading_mode futures needs margin_mode isolated or cross")


def _remarks(config: Config) -> list[str]:
    remarks = []
    if ignored := sorted(config.keys() & _OF_A_RUNNING_BOT):
        remarks.append(f"not used in a backtest: {', '.join(ignored)}")
    unknown = sorted(config.keys() - _CHECKS.keys() - _NESTED.keys() - _OF_A_RUNNING_BOT - _REFUSED.keys())
    for key in unknown:
        near = difflib.get_close_matches(key, [*_CHECKS, *_NESTED], n=1, cutoff=0.8)
        hint = f"; did you mean {near[0]}?" if near else ", unless the strategy reads it"
        remarks.append(f"the key {key} is not known and has no effect{hint}")
    others = [
        entry.get("method")
        for entry in config.get("pairlists") or []
        if entry.get("method") != "StaticPairList"
    ]
    if others:
        names = ", ".join(map(str, others))
        remarks.append(f"the pair lists {names} need a live market; exchange.pair_whitelist is used as it is")
    return remarks


def _number(low: float = -math.inf, high: float = math.inf, *, words: str = "") -> Callable[[Any], Complaint]:
    limits = words or (
        f"a number from {low:g} to {high:g}" if high < math.inf else f"a number of at least {low:g}"
    )
    wanted = "a number" if low == -math.inf and high == math.inf and not words else limits

    def check(value: Any) -> Complaint:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return None if is_number and low <= value <= high else wanted

    return check


def _one_of(*values: str) -> Callable[[Any], Complaint]:
    shown = [repr(value) for value in values]
    return lambda value: None if value in values else f"one of {', '.join(shown)}"


def _yes_or_no(value: Any) -> Complaint:
    return None if isinstance(value, bool) else "true or false"


def _text(value: Any) -> Complaint:
    return None if isinstance(value, str) and value else "a text"


def _object(value: Any) -> Complaint:
    return None if isinstance(value, dict) else "an object in braces"


def _texts(value: Any) -> Complaint:
    is_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return None if is_list else "a list of texts"


def _objects(value: Any) -> Complaint:
    is_list = isinstance(value, list) and all(isinstance(item, dict) for item in value)
    return None if is_list else "a list of objects"


def _stake(value: Any) -> Complaint:
    is_amount = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0.0001
    return None if is_amount or value == "unlimited" else "an amount above 0, or 'unlimited'"


def _wallet(value: Any) -> Complaint:
    amounts = value.values() if isinstance(value, dict) else [value]
    wanted = "an amount of at least 0, or amounts by currency"
    return wanted if any(_number(0)(amount) for amount in amounts) else None


def _returns(value: Any) -> Complaint:
    wanted = 'minutes as text with a ratio each, such as {"0": 0.04, "30": 0.01}'
    if not isinstance(value, dict):
        return wanted
    good = all(
        str(key).replace(".", "", 1).isdecimal() and not _number()(ratio) for key, ratio in value.items()
    )
    return None if good else wanted


def _stoploss(value: Any) -> Complaint:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return None if is_number and value < 0 else "a number below 0, such as -0.1"


def _timeframe(value: Any) -> Complaint:
    good = isinstance(value, str) and value[:-1].isdecimal() and value[-1:] in set("smhdwMy")
    return None if good else "a timeframe such as '5m' or '1h'"


def _time_range(value: Any) -> Complaint:
    try:
        parse_time_range(value if isinstance(value, str) else repr(value))
    except BadTimeRange as error:
        raise BadConfig(f"configuration: timerange: {error}") from error
    return None


_CHECKS: Mapping[str, Callable[[Any], Complaint]] = {
    "stake_currency": _text,
    "stake_amount": _stake,
    "tradable_balance_ratio": _number(0, 1),
    "available_capital": _number(0),
    "dry_run_wallet": _wallet,
    "max_open_trades": _number(-1),
    "fee": _number(0, 0.1, words="a fraction from 0 to 0.1 (0.001 is 0.1 %)"),
    "trading_mode": _one_of("spot", "futures", ""),
    "margin_mode": _one_of("isolated", "cross", ""),
    "liquidation_buffer": _number(0, 0.99),
    "futures_funding_rate": _number(),
    "amend_last_stake_amount": _yes_or_no,
    "last_stake_amount_min_ratio": _number(0, 1),
    "amount_reserve_percent": _number(0, 0.5),
    "position_stacking": _yes_or_no,
    "enable_protections": _yes_or_no,
    "enable_dynamic_pairlist": _yes_or_no,
    "timeframe": _timeframe,
    "timeframe_detail": _timeframe,
    "timerange": _time_range,
    "minimal_roi": _returns,
    "stoploss": _stoploss,
    "trailing_stop": _yes_or_no,
    "trailing_stop_positive": _number(0, 1),
    "trailing_stop_positive_offset": _number(0, 1),
    "trailing_only_offset_is_reached": _yes_or_no,
    "use_custom_stoploss": _yes_or_no,
    "use_exit_signal": _yes_or_no,
    "exit_profit_only": _yes_or_no,
    "exit_profit_offset": _number(),
    "ignore_roi_if_entry_signal": _yes_or_no,
    "ignore_buying_expired_candle_after": _number(),
    "disable_dataframe_checks": _yes_or_no,
    "disableparamexport": _yes_or_no,
    "position_adjustment_enable": _yes_or_no,
    "max_entry_position_adjustment": _number(-1),
    "custom_price_max_distance_ratio": _number(0, 1),
    "startup_candle_count": _number(0),
    "order_types": _object,
    "order_time_in_force": _object,
    "unfilledtimeout": _object,
    "exchange": _object,
    "pairs": _texts,
    "pairlists": _objects,
    "protections": _objects,
    "dataformat_ohlcv": _one_of(*FORMATS),
    "strategy": _text,
    "strategy_path": _text,
    "strategy_list": _texts,
    "recursive_strategy_search": _yes_or_no,
    "user_data_dir": _text,
    "datadir": _text,
    "add_config_files": _texts,
    "export": _text,
    "exportfilename": _text,
    "backtest_breakdown": _texts,
    "backtest_cache": _text,
}
_NESTED: Mapping[str, Mapping[str, Callable[[Any], Complaint]]] = {
    "unfilledtimeout": {
        "entry": _number(1),
        "exit": _number(1),
        "exit_timeout_count": _number(0),
        "unit": _one_of("minutes", "seconds"),
    },
    "exchange": {"name": _text, "pair_whitelist": _texts, "pair_blacklist": _texts},
    "order_types": {
        "entry": _one_of("limit", "market"),
        "exit": _one_of("limit", "market"),
        "stoploss": _one_of("limit", "market"),
        "stoploss_on_exchange": _yes_or_no,
    },
}
_REFUSED: Mapping[str, str] = {
    "edge": "freqtrade itself dropped it in 2025.6",
    "freqai": "Tidegate has its own forecasts; set freqai.enabled to false",
    "reduce_df_footprint": "it rounds indicators to 32 bits; remove it",
}
_OF_A_RUNNING_BOT = frozenset(
    {
        "$schema",
        "api_server",
        "ask_strategy",
        "bid_strategy",
        "bot_name",
        "cancel_open_orders_on_exit",
        "coingecko",
        "config_files",
        "dataformat_trades",
        "db_url",
        "discord",
        "download_trades",
        "dry_run",
        "entry_pricing",
        "exit_pricing",
        "experimental",
        "external_message_consumer",
        "fiat_display_currency",
        "force_entry_enable",
        "hyperopt_loss",
        "hyperopt_min_trades",
        "hyperopt_path",
        "hyperopt_random_state",
        "initial_state",
        "internals",
        "liquidation_warn_ratio",
        "log_config",
        "logfile",
        "new_pairs_days",
        "orderflow",
        "original_config",
        "process_only_new_candles",
        "proxy_coin",
        "telegram",
        "verbosity",
        "webhook",
    }
)
