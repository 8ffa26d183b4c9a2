"""Find strategies by name without running any file: by the classes that files define."""

import ast
import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from trading.backtesting.errors import UnknownStrategy

SHIPPED = Path(__file__).parents[2] / "strategies"


class StrategyFile(NamedTuple):
    """A file and the class in it to run; None leaves the choice to the loader."""

    path: Path
    class_name: str | None


def find_strategy(name: str, folders: Sequence[Path]) -> StrategyFile:
    """Return the strategy called `name`: a class in `folders`, or one that comes with Tidegate.

    Ours go by their file's name too (`ema_cross`). Earlier folders win. A file of that name which is not
    Python is returned, so that the loader says what is wrong with it.

    Raises:
        UnknownStrategy: there is none; the message says what there is.
    """
    known: list[str] = []
    broken: list[Path] = []
    for folder in (*folders, SHIPPED):
        for path in strategy_paths(folder):
            if folder == SHIPPED:
                known.append(path.stem)
                if path.stem == name:
                    return StrategyFile(path, None)
            classes = classes_in(path)
            if classes is None:
                broken.append(path)
                continue
            if name in classes:
                return StrategyFile(path, name)
            known += classes if folder != SHIPPED else []
    if namesake := next((path for path in broken if path.stem == name), None):
        return StrategyFile(namesake, name)
    searched = ", ".join(map(str, folders)) or "no folder of yours (name one with --strategy-path)"
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    unread = f" (not valid Python: {', '.join(map(str, broken))})" if broken else ""
    raise UnknownStrategy(
        f"there is no strategy {name!r}; {hint}searched {searched}{unread}; ours are: {_ours()}"
    )


def strategy_paths(folder: Path) -> list[Path]:
    """Return the Python files of a folder that may hold strategies, subfolders included, sorted."""
    if folder.is_file():
        return [folder]
    hidden = ("_", ".")
    return sorted(
        path
        for path in folder.rglob("*.py")
        if not any(part.startswith(hidden) for part in path.relative_to(folder).parts)
    )


def classes_in(path: Path) -> list[str] | None:
    """Return the names of the classes with a base that a file defines; None where it is not Python."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return None
    return [node.name for node in tree.body if isinstance(node, ast.ClassDef) and node.bases]


def _ours() -> str:
    return ", ".join(path.stem for path in strategy_paths(SHIPPED))
