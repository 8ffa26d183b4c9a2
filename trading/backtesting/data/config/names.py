"""The names that configuration keys had before shorts came (`buy` and `sell` for `entry` and `exit`)."""

from collections.abc import Mapping

from trading.backtesting.data.config.file import Config
from trading.backtesting.errors import BadConfig
from trading.strategy_framework.interface.legacy import SETTINGS, TABLES

_TOP = {**SETTINGS, "forcebuy_enable": "force_entry_enable"}


def with_present_names(config: Config) -> tuple[Config, list[str]]:
    """Return the configuration with today's names, and a remark for each old one.

    Raises:
        BadConfig: a key stands there under both its names.
    """
    remarks: list[str] = []
    renamed = _renamed(config, _TOP, "", remarks)
    for group, names in TABLES.items():
        if isinstance(renamed.get(group), dict):
            renamed[group] = _renamed(renamed[group], names, f"{group}.", remarks)
    return renamed, remarks


def _renamed(values: Config, names: Mapping[str, str], prefix: str, remarks: list[str]) -> Config:
    result = dict(values)
    for old, new in names.items():
        if old not in result:
            continue
        if new in result:
            raise BadConfig(f"configuration: {prefix}{old} is the old name of {prefix}{new}; remove it")
        result[new] = result.pop(old)
        remarks.append(f"{prefix}{old} is called {prefix}{new} today; taken as that")
    return result
