"""Load every strategy of a folder here and in the real freqtrade, and compare each column they compute.

`python -m tests.trading.strategy_framework.columns FOLDER… [--freqtrade .parity/venv/bin/python]`

Prints what differs and what does not load; fails when a strategy that freqtrade runs differs here, or
when less than 95 % of the files load. A strategy that draws random numbers differs from itself.
"""

import argparse
import pickle
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

LOADED_MIN = 0.95


def main() -> int:
    """Run both sides; return 0 if all is equal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--freqtrade", type=Path, default=Path(".parity/venv/bin/python"))
    options = parser.parse_args()
    files = sorted(
        path.resolve()
        for folder in options.folders
        for path in folder.rglob("*.py")
        if path.name != "__init__.py"
    )
    with tempfile.TemporaryDirectory() as kept:
        ours = _answers(sys.executable, "here", files, Path(kept) / "here")
        theirs = _answers(str(options.freqtrade), "in_freqtrade", files, Path(kept) / "freqtrade")
    return _report(files, ours, theirs)


def _answers(python: str, side: str, files: list[Path], kept: Path) -> list[dict[str, Any]]:
    kept.mkdir()
    listed = kept / "files"
    listed.write_text("\n".join(map(str, files)))
    module = f"tests.trading.strategy_framework.columns.{side}"
    subprocess.run([python, "-m", module, str(listed), str(kept)], check=True)
    answers = [pickle.loads((kept / f"{number}.pickle").read_bytes()) for number in range(len(files))]
    return [{one["name"]: one for one in found} for found in answers]


def _report(files: list[Path], ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> int:
    counts: Counter[str] = Counter()
    loaded = 0
    for path, here, there in zip(files, ours, theirs, strict=True):
        is_loaded = any(one["stage"] in {"done", "run"} for one in here.values())
        loaded += is_loaded
        if not is_loaded:
            _say(path, "does not load", next((one["error"] for one in here.values()), "has no strategy"))
        for name, one in there.items():
            verdict, detail = _verdict(one, here.get(name, {"stage": "import", "error": "not found"}))
            counts[verdict] += 1
            if verdict == "different":
                _say(path, f"{name} differs", detail)
    sys.stdout.write(f"{loaded} of {len(files)} files load\n")
    for verdict, count in sorted(counts.items()):
        sys.stdout.write(f"{count:>6}  {verdict}\n")
    return int(counts["different"] > 0 or loaded < LOADED_MIN * len(files))


def _verdict(there: dict[str, Any], here: dict[str, Any]) -> tuple[str, str]:
    if there["stage"] != "done":
        return ("runs only here" if here["stage"] == "done" else "freqtrade itself can't run it"), ""
    if here["stage"] != "done":
        return "different", here["error"]
    columns = _different_columns(there["frame"], here["frame"])
    return ("different", ", ".join(columns)) if columns else ("equal in every column", "")


def _different_columns(there: pd.DataFrame, here: pd.DataFrame) -> list[str]:
    if list(there.columns) != list(here.columns):
        return ["the names of the columns"]
    return [
        str(name)
        for place, name in enumerate(there.columns)
        if not _same(there.iloc[:, place], here.iloc[:, place])
    ]


def _same(there: pd.Series, here: pd.Series) -> bool:
    first, second = (pd.Series(column.tolist(), dtype=object) for column in (there, here))
    return len(first) == len(second) and bool(((first == second) | (first.isna() & second.isna())).all())


def _say(path: Path, what: str, detail: str) -> None:
    sys.stdout.write(f"{path.name}: {what}: {detail}\n")


if __name__ == "__main__":
    sys.exit(main())
