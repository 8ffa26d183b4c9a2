"""The small functions that strategies import from `freqtrade.misc` and `freqtrade.util`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from trading.strategy_framework.candles.times import utc_now


def json_load(datafile: TextIO) -> Any:
    """Read an open JSON file."""
    return json.load(datafile)


def file_dump_json(
    filename: Path,
    data: Any,
    is_zip: bool = False,  # noqa: FBT001, FBT002  # freqtrade's signature
    log: bool = True,  # noqa: FBT001, FBT002
) -> None:
    """Write data as JSON; what JSON does not know is written as text."""
    del is_zip, log
    Path(filename).write_text(json.dumps(data, default=str), encoding="utf-8")


def dt_now() -> datetime:
    """Return the present time, UTC."""
    return utc_now()


def dt_utc(  # datetime's own arguments
    year: int,
    month: int,
    day: int,
    hour: int = 0,
    minute: int = 0,
    second: int = 0,
    microsecond: int = 0,
) -> datetime:
    """Return a time of UTC."""
    return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC)


def dt_ts(moment: datetime | None = None) -> int:
    """Return a time (now, when left out) in milliseconds."""
    return int((moment or utc_now()).timestamp() * 1000)


def dt_from_ts(milliseconds: float) -> datetime:
    """Return the time of a number of seconds or, above ten digits, of milliseconds."""
    seconds = milliseconds / 1000 if milliseconds > 10_000_000_000 else milliseconds
    return datetime.fromtimestamp(seconds, tz=UTC)


def dt_floor_day(moment: datetime) -> datetime:
    """Return the beginning of the day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
