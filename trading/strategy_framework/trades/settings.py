"""The settings of a run that change which trades are made and what they earn."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from trading.strategy_framework.trades.errors import BadTerms

UNLIMITED = "unlimited"
_PLAIN_KEYS = (
    "tradable_balance_ratio",
    "available_capital",
    "fee",
    "trading_mode",
    "margin_mode",
    "liquidation_buffer",
    "amend_last_stake_amount",
    "last_stake_amount_min_ratio",
    "amount_reserve_percent",
    "position_stacking",
    "enable_protections",
    "timeframe_detail",
)
_RANGES = {
    "stake_amount": "greater than 0",
    "tradable_balance_ratio": "from 0 to 1",
    "starting_balance": "at least 0",
    "available_capital": "at least 0",
    "fee": "from 0 to less than 1",
    "liquidation_buffer": "from 0 to less than 1",
    "amount_reserve_percent": "from 0 to 0.5",
    "last_stake_amount_min_ratio": "from 0 to 1",
}


class TradingTerms(msgspec.Struct, frozen=True, kw_only=True):
    """A run's money, fees, limits and market kind; ratios are fractions, `inf` is no limit.

    `fee` of None means the larger of the first pair's taker and maker fee.
    """

    stake_currency: str = "USDT"
    stake_amount: float | str = UNLIMITED
    tradable_balance_ratio: float = 0.99
    available_capital: float | None = None
    starting_balance: float = 1000.0
    other_balances: Mapping[str, float] = msgspec.field(default_factory=dict)
    max_open_trades: float = float("inf")
    fee: float | None = None
    exchange: str = "binance"
    trading_mode: Literal["spot", "futures"] = "spot"
    margin_mode: Literal["", "isolated", "cross"] = ""
    liquidation_buffer: float = 0.05
    funding_rate_missing: float | None = None
    unfilled_entry_minutes: float | None = None
    unfilled_exit_minutes: float | None = None
    amend_last_stake_amount: bool = False
    last_stake_amount_min_ratio: float = 0.5
    amount_reserve_percent: float = 0.05
    position_stacking: bool = False
    enable_protections: bool = False
    timeframe_detail: str | None = None

    def __post_init__(self) -> None:
        """Refuse values that no run can have."""
        if isinstance(self.stake_amount, str) and self.stake_amount != UNLIMITED:
            raise BadTerms("stake_amount", self.stake_amount, 'must be a number or "unlimited"')
        checks = {
            "stake_amount": isinstance(self.stake_amount, str) or self.stake_amount > 0,
            "tradable_balance_ratio": 0 <= self.tradable_balance_ratio <= 1,
            "starting_balance": self.starting_balance >= 0,
            "available_capital": self.available_capital is None or self.available_capital >= 0,
            "fee": self.fee is None or 0 <= self.fee < 1,
            "liquidation_buffer": 0 <= self.liquidation_buffer < 1,
            "amount_reserve_percent": 0 <= self.amount_reserve_percent <= 0.5,
            "last_stake_amount_min_ratio": 0 <= self.last_stake_amount_min_ratio <= 1,
        }
        for key, holds in checks.items():
            if not holds:
                raise BadTerms(key, getattr(self, key), f"must be {_RANGES[key]}")


def merge_terms(config: Mapping[str, Any], strategy: object) -> TradingTerms:
    """Return the terms of `strategy` run under `config`: config beats strategy beats default.

    Only the strategy's `stake_currency`, `stake_amount`, `max_open_trades` and `unfilledtimeout` count;
    properties win over the config. `max_open_trades` of -1 is no limit.

    Raises:
        BadTerms: a value that no run can have; names the key.
    """
    found = {key: config[key] for key in _PLAIN_KEYS if config.get(key) is not None}
    found |= {
        key: value
        for key in ("stake_currency", "stake_amount", "max_open_trades")
        if (value := setting(config, strategy, key)) is not None
    }
    found["max_open_trades"] = _slots(found.get("max_open_trades", float("inf")))
    currency = found.setdefault("stake_currency", "USDT")
    found |= _wallet(config.get("dry_run_wallet", 1000.0), currency)
    found |= _timeouts(setting(config, strategy, "unfilledtimeout") or {})
    exchange = config.get("exchange", {})
    found["exchange"] = (
        exchange["name"] if isinstance(exchange, Mapping) and exchange.get("name") else "binance"
    )
    found["funding_rate_missing"] = config.get("futures_funding_rate")
    try:
        return msgspec.convert(found, TradingTerms)
    except msgspec.ValidationError as failure:
        if isinstance(failure.__cause__, BadTerms):
            raise failure.__cause__ from None
        key = str(failure).rpartition("$.")[2].rstrip("`") or "config"
        raise BadTerms(key, found.get(key), str(failure).partition(" - ")[0].replace("`", "")) from None


def setting(config: Mapping[str, Any], strategy: object, key: str) -> Any:
    """Return a setting that a strategy may have too: the config's, unless the strategy computes it."""
    is_computed = isinstance(getattr(type(strategy), key, None), property)
    if key in config and not is_computed:
        return config[key]
    return getattr(strategy, key, None)


def _slots(count: Any) -> float:
    if isinstance(count, bool) or not isinstance(count, int | float) or count != count:  # noqa: PLR0124 (NaN)
        raise BadTerms("max_open_trades", count, "must be a number of trades, or -1 for no limit")
    return float("inf") if count < 0 else count


def _wallet(wallet: Any, currency: str) -> dict[str, Any]:
    if isinstance(wallet, Mapping):
        others = {name: amount for name, amount in wallet.items() if name != currency}
        return {"starting_balance": wallet.get(currency, 0), "other_balances": others}
    return {"starting_balance": wallet}


def _timeouts(timeouts: Mapping[str, Any]) -> dict[str, float | None]:
    unit = timeouts.get("unit", "minutes")
    if unit not in ("minutes", "seconds"):
        raise BadTerms("unfilledtimeout.unit", unit, "must be minutes or seconds")
    found: dict[str, float | None] = {}
    for side, old_name in (("entry", "buy"), ("exit", "sell")):
        value = timeouts.get(side, timeouts.get(old_name))
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise BadTerms(f"unfilledtimeout.{side}", value, "must be a number")
        found[f"unfilled_{side}_minutes"] = value if value is None or unit == "minutes" else value / 60
    return found
