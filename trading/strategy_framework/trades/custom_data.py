"""What a strategy notes about a trade: JSON values under a key, as freqtrade keeps them."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog

log = structlog.get_logger(__name__)

_TEXT_TYPES = ("bool", "float", "int", "str")
_READERS: dict[str, Callable[[str], Any]] = {"int": int, "float": float, "str": str}


class CustomDatum:
    """One value: as text with the name of its type, under freqtrade's field names."""

    def __init__(self, trade_id: int, key: str, type_name: str, now: datetime) -> None:
        self.ft_trade_id = trade_id
        self.cd_key = key
        self.cd_type = type_name
        self.cd_value = ""
        self.value: Any = None
        self.created_at = now
        self.updated_at: datetime | None = None

    def read(self) -> "CustomDatum":
        """Set `value` from the text, with the type that it had when it was first set, as freqtrade does.

        Raises:
            ValueError: a later value is not of that type.
        """
        if self.cd_type == "bool":
            self.value = self.cd_value.lower() == "true"
        else:
            self.value = _READERS.get(self.cd_type, json.loads)(self.cd_value)
        return self

    def __repr__(self) -> str:
        return (
            f"CustomData(key={self.cd_key}, type={self.cd_type}, value={self.cd_value}, "
            f"trade_id={self.ft_trade_id})"
        )


class CustomData:
    """The notes of all trades of one run; keys are equal without regard to case."""

    def __init__(self) -> None:
        self._by_trade: dict[int, dict[str, CustomDatum]] = {}

    def put(self, trade_id: int, key: str, value: Any, now: datetime) -> None:
        """Set a value; one that JSON can't hold is refused with a warning.

        Raises:
            ValueError: the value there is not of the type that was first set.
        """
        type_name = type(value).__name__
        try:
            text = str(value) if type_name in _TEXT_TYPES else json.dumps(value)
        except TypeError as failure:
            log.warning("custom_data_refused", key=key, trade_id=trade_id, reason=str(failure))
            return
        notes = self._by_trade.setdefault(trade_id, {})
        datum = notes.get(key.casefold())
        if datum is None:
            datum = notes[key.casefold()] = CustomDatum(trade_id, key, type_name, now)
        else:
            datum.read().updated_at = now
        datum.cd_value = text
        datum.value = value

    def restore(self, fields: Mapping[str, Any]) -> None:
        """Take a note back that was kept field by field."""
        datum = CustomDatum(fields["ft_trade_id"], fields["cd_key"], fields["cd_type"], fields["created_at"])
        datum.cd_value, datum.updated_at = fields["cd_value"], fields["updated_at"]
        self._by_trade.setdefault(datum.ft_trade_id, {})[datum.cd_key.casefold()] = datum

    def of(self, trade_id: int, key: str | None = None) -> list[CustomDatum]:
        """Return a trade's notes in the order they were first set, or the one under `key`."""
        notes = self._by_trade.get(trade_id, {})
        if key is None:
            return [datum.read() for datum in notes.values()]
        datum = notes.get(key.casefold())
        return [] if datum is None else [datum.read()]

    def everything(self) -> list[CustomDatum]:
        """Return all notes of all trades as they are kept; their values are not read."""
        return [datum for notes in self._by_trade.values() for datum in notes.values()]

    def drop(self, trade_id: int, key: str | None = None) -> None:
        """Forget a trade's notes, or the one under `key`."""
        if key is None:
            self._by_trade.pop(trade_id, None)
        else:
            self._by_trade.get(trade_id, {}).pop(key.casefold(), None)
