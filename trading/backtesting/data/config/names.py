"""The names that configuration keys had before shorts came (`buy` and `sell` for `entry` and `exit`)."""

from collections.abc import Mapping

from trading.backtesting.data.config.file import Config
from trading.backtesting.errors import BadConfig

_SIDES = {"buy": "entry", "sell": "exit"}
_TOP = {
    "use_sell_signal": "use_exit_signal",
    "sell_profit_only": "exit_profit_only",
    "sell_profit_offset": "exit_profit_offset",
    "ignore_roi_if_buy_signal": "ignore_roi_if_entry_signal",
    "forcebuy_enable": "force_entry_enable",
}
_GROUPS: Mapping[str, Mapping[str, str]] = {
    "order_types": {
        **_SIDES,
        "emergencysell": "emergency_exit",
        "forcesell": "force_exit",
        "forcebuy": "force_entry",
        "emergencyexit": "emergency_exit",
        "forceexit": "force_exit",
        "forceentry": "force_entry",
    },
    "order_time_in_force": _SIDES,
    "unfilledtimeout": _SIDES,
}


def with_present_names(config: Config) -> tuple[Config, list[str]]:
    """Return the configuration with today's names, and a remark for each old one.

    Raises:
        BadConfig: a key stands there under both its names.
    """
    remarks: list[str] = []
    renamed = _renamed(config, _TOP, "", remarks)
    for group, names in _GROUPS.items():
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
