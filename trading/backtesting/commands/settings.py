"""The configuration of a run: freqtrade's files, their variables, and what the command line says."""

import argparse
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trading.backtesting.data.config.check import check_config
from trading.backtesting.data.config.file import Config, load_config
from trading.backtesting.data.config.names import with_present_names
from trading.backtesting.errors import NoCandles

_FROM_OPTIONS = (
    "timeframe",
    "timeframe_detail",
    "timerange",
    "stake_amount",
    "stake_currency",
    "dry_run_wallet",
    "max_open_trades",
    "fee",
    "trading_mode",
    "margin_mode",
    "enable_protections",
    "position_stacking",
)
OPEN_TRADES_DEFAULT = 3
"""Slots where nobody says how many: an unlimited stake is divided by them."""


def run_config(options: argparse.Namespace) -> tuple[Config, list[str]]:
    """Return the configuration and remarks on it; the command line beats variables beat files.

    Raises:
        BadConfig: a file can't be read, or a value makes no sense.
    """
    config, remarks = with_present_names(load_config(options.config or [], os.environ))
    for name in _FROM_OPTIONS:
        if (value := getattr(options, name, None)) is not None:
            config[name] = value
    config.setdefault("stake_amount", "unlimited")
    remarks += check_config(config)
    if config.get("max_open_trades") == -1:
        config["max_open_trades"] = math.inf
    config["trading_mode"] = config.get("trading_mode") or "spot"
    exchange: dict[str, Any] = dict(config.get("exchange") or {})
    if getattr(options, "exchange", None):
        exchange["name"] = options.exchange
    config["exchange"] = {"name": "binance", "pair_whitelist": [], "pair_blacklist": [], **exchange}
    return config, remarks


def with_slots(config: Config, strategy_slots: float) -> tuple[Config, list[str]]:
    """Limit the open trades where neither the configuration nor the strategy (`strategy_slots`) does."""
    limits = (config.get("max_open_trades"), strategy_slots)
    limited = any(limit is not None and 0 <= limit < math.inf for limit in limits)
    if limited or config["stake_amount"] != "unlimited":
        return config, []
    text = f"max_open_trades is not set: at most {OPEN_TRADES_DEFAULT} trades at a time, sharing the balance"
    return {**config, "max_open_trades": OPEN_TRADES_DEFAULT}, [text]


def user_folder(config: Mapping[str, Any]) -> Path:
    """Return freqtrade's user folder: as configured, else `user_data` beside us."""
    return Path(config.get("user_data_dir") or "user_data")


def candle_folders(config: Mapping[str, Any], kept: Path) -> list[Path]:
    """Return where candles are looked for when nobody says; the last is what `tidegate download` fills."""
    venue = config["exchange"]["name"]
    configured = [Path(config["datadir"])] if config.get("datadir") else []
    return [*configured, user_folder(config) / "data" / venue, kept / "candles" / venue]


def default_folder(folders: Sequence[Path]) -> Path:
    """Return the first folder that exists.

    Raises:
        NoCandles: none does; the message says how to get candles.
    """
    for folder in folders:
        if folder.is_dir():
            return folder
    looked = ", ".join(map(str, folders))
    raise NoCandles(
        f"no candles in {looked}: name a folder with --datadir, or fetch some with `tidegate download`"
    )


def strategy_folders(config: Mapping[str, Any], named: Path | None, kept: Path) -> list[Path]:
    """Return the folders that exist in which strategies are looked for by name."""
    configured = [Path(config["strategy_path"])] if config.get("strategy_path") else []
    folders = [
        *([named] if named else []),
        *configured,
        user_folder(config) / "strategies",
        kept / "strategies",
    ]
    return [folder for folder in folders if folder.exists()]


def kept_folder() -> Path:
    """Return Tidegate's own data folder, without the cost of reading all settings."""
    return Path(os.environ.get("TIDEGATE_DATA_DIR") or ".tidegate").expanduser()
