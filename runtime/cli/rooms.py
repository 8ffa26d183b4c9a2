"""Commands that belong to a room and are run there, as programs of their own, such as `tidegate backtest`.

Nothing is imported for them here: the room's own start-up is all that its user waits for.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parents[2]


class RoomCommand(NamedTuple):
    """A module that is a program, and what it does in one sentence."""

    module: str
    purpose: str


ROOM_COMMANDS = {
    "replay": RoomCommand(
        "streaming.replay",
        "Decode and validate recorded frames without any server: FILE… --out events.jsonl.",
    ),
    "record": RoomCommand(
        "streaming.record", "Record the raw frames of venues into files that `replay` and the simulator read."
    ),
    "download": RoomCommand(
        "trading.adapters.history", "Fetch candles of the past from an exchange, for backtests."
    ),
    "import": RoomCommand(
        "trading.backtesting.commands.import_folder",
        "Take over the candles and strategies of a freqtrade user folder.",
    ),
    "strategies": RoomCommand(
        "trading.backtesting.commands.strategies", "List strategies and what each of them needs."
    ),
    "backtest": RoomCommand(
        "trading.backtesting", "Run freqtrade strategies over past candles; the trades equal freqtrade's."
    ),
    "lookahead": RoomCommand(
        "trading.backtesting.lookahead", "Find what a strategy's columns know of the future."
    ),
    "optimize": RoomCommand(
        "trading.backtesting.optimize", "Optimise a strategy's parameters, judged by candles it has not seen."
    ),
}


def hand_over(module: str, arguments: Sequence[str]) -> NoReturn:
    """Become the room's program: the same process, terminal and signals; this never returns."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    sys.stdout.flush()
    sys.stderr.flush()
    command = [sys.executable, "-m", module, *arguments]
    os.execve(sys.executable, command, {**os.environ, "PYTHONPATH": path})  # noqa: S606 - no shell wanted
