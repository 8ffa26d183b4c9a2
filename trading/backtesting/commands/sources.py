"""Where a backtest's candles come from, as told on the command line; opened where the work is done."""

from pathlib import Path
from typing import TypeAlias

import msgspec

from trading.backtesting.data.remarks import Remark
from trading.backtesting.data.stores.folder import FolderStore
from trading.backtesting.data.stores.memory import MemoryStore
from trading.backtesting.errors import BadCandles, NoCandles
from trading.backtesting.ports import CandleStore


class Folder(msgspec.Struct, frozen=True, tag=True):
    """freqtrade's data folder; `data_format` None takes what is there."""

    path: Path
    data_format: str | None = None


class Table(msgspec.Struct, frozen=True, tag=True):
    """One file of candles of one pair."""

    path: Path
    pair: str


class Database(msgspec.Struct, frozen=True, tag=True):
    """The bars that Tidegate kept of a venue, with the forecasts that were given then."""

    venue: str


Source: TypeAlias = Folder | Table | Database


def open_store(source: Source, timeframe: str, *, with_forecasts: bool = False) -> CandleStore:
    """Open a source for a strategy of the timeframe.

    Raises:
        BadCandles: the table can't be used, or its candles are longer than the timeframe.
        NoCandles: the folder does not exist or is empty.
        Unavailable: the database does not answer.
    """
    if isinstance(source, Folder):
        return FolderStore(source.path, source.data_format)
    if isinstance(source, Table):
        return _table_store(source, timeframe)
    from runtime.settings import CoreSettings, load  # noqa: PLC0415  # a third of a second
    from runtime.supervisor.status import where_it_runs  # noqa: PLC0415
    from trading.backtesting.data.stores.database import DatabaseStore  # noqa: PLC0415

    return DatabaseStore(where_it_runs(load(CoreSettings)), source.venue, with_forecasts=with_forecasts)


def remarks_of(store: CandleStore) -> list[Remark]:
    """Return what was odd in the candles given so far."""
    return list(getattr(store, "remarks", ()))


def source_text(source: Source) -> str:
    """Name a source in messages."""
    if isinstance(source, Database):
        return f"the database (venue {source.venue})"
    return str(source.path)


def _table_store(source: Table, timeframe: str) -> MemoryStore:
    from trading.backtesting.data.files.table_file import read_candles  # noqa: PLC0415
    from trading.backtesting.data.stores.joining import timeframe_of  # noqa: PLC0415
    from trading.strategy_framework.candles.times import timeframe_to_seconds  # noqa: PLC0415

    frame = read_candles(source.path)
    if frame.empty:
        raise NoCandles(f"{source.path} holds no candles")
    own = timeframe_of(frame) or timeframe
    own_s, wanted_s = timeframe_to_seconds(own), timeframe_to_seconds(timeframe)
    if own_s > wanted_s or wanted_s % own_s:
        raise BadCandles(f"{source.path} holds {own} candles, which can't be joined into {timeframe}")
    return MemoryStore({(source.pair, own, "spot"): frame}, source=str(source.path))
