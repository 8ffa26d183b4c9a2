"""Find the strategy classes of a folder without running its files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec


class Found(msgspec.Struct, frozen=True):
    """A strategy class in a file."""

    path: Path
    name: str
    shorts: bool
    timeframe: str | None
    """What to tell freqtrade, where the class says it by the old name or not at all."""

    @property
    def label(self) -> str:
        """Return what a table calls it."""
        return f"{self.path.parent.name}/{self.path.name}:{self.name}"


def find_strategies(folder: Path) -> Iterator[Found]:
    """Yield each file's main strategy class: the one named as the file, or else the last."""
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8", errors="replace")
        names = _strategy_names(text)
        if names:
            name = path.stem if path.stem in names else names[-1]
            yield Found(path, name, _stated(text, "can_short") == "True", _missing_timeframe(text))


def _missing_timeframe(text: str) -> str | None:
    if _stated(text, "timeframe"):
        return None
    return (_stated(text, "ticker_interval") or "5m").strip("'\"")


def _stated(text: str, name: str) -> str | None:
    found = re.search(rf"^\s+{name}\s*(?::\s*\w+\s*)?=\s*(\S+)", text, re.MULTILINE)
    return found[1] if found else None


def _strategy_names(text: str) -> list[str]:
    try:
        classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    except SyntaxError:
        return re.findall(r"^class (\w+)\(\s*IStrategy\s*\)", text, re.MULTILINE)
    names: list[str] = []
    for node in classes:
        parents = [ast.unparse(base) for base in node.bases]
        if any(parent.endswith("IStrategy") or parent in names for parent in parents):
            names.append(node.name)
    return names
