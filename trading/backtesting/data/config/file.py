"""freqtrade's configuration files: JSON with comments and trailing commas, several in a row.

Of several files the later wins; a file's `add_config_files` count less than the file itself; variables
such as `FREQTRADE__STAKE_AMOUNT` win over all files. Objects are merged, lists replaced.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trading.backtesting.errors import BadConfig

Config = dict[str, Any]

ENVIRONMENT_PREFIX = "FREQTRADE__"
NESTED_FILES_MAX = 5
_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])')


def load_config(paths: Sequence[Path], environment: Mapping[str, str] | None = None) -> Config:
    """Read and merge the files, then the variables of `environment` that begin with `FREQTRADE__`.

    Raises:
        BadConfig: a file is missing or no valid JSON (with its line), or files name each other.
    """
    config: Config = {}
    for path in paths:
        config = merge(config, _load(path, depth=0))
    return merge(config, _from_environment(environment or {}))


def merge(config: Config, stronger: Mapping[str, Any]) -> Config:
    """Return both in one, nested objects too; where both have a value, the stronger one's."""
    merged = dict(config)
    for key, value in stronger.items():
        ours = merged.get(key)
        merged[key] = merge(ours, value) if isinstance(ours, dict) and isinstance(value, dict) else value
    return merged


def parse_commented_json(text: str, source: str) -> Any:
    """Read JSON that may have `//` and `/* */` comments and commas before a closing bracket.

    Raises:
        BadConfig: names the line and column of what is wrong.
    """
    plain = _TRAILING_COMMA.sub(_blank, _COMMENT.sub(_blank, text))
    try:
        return json.loads(plain)
    except json.JSONDecodeError as error:
        lines = text.splitlines()
        line = lines[error.lineno - 1].strip()[:80] if error.lineno <= len(lines) else ""
        where = f"{source}, line {error.lineno}, column {error.colno}"
        raise BadConfig(f"{where}: {error.msg}: {line!r}") from None


def _load(path: Path, *, depth: int) -> Config:
    if depth > NESTED_FILES_MAX:
        raise BadConfig(f"{path}: add_config_files go deeper than {NESTED_FILES_MAX}; does one name itself?")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadConfig(f"the configuration {path} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadConfig(f"the configuration {path} is not UTF-8 text") from None
    own = parse_commented_json(text, str(path))
    if not isinstance(own, dict):
        raise BadConfig(f"{path} must hold one object in braces, not {type(own).__name__}")
    more = own.get("add_config_files", [])
    if not isinstance(more, list) or not all(isinstance(name, str) for name in more):
        raise BadConfig(f"{path}: add_config_files must be a list of file names")
    added: Config = {}
    for name in more:
        added = merge(added, _load(path.parent / name, depth=depth + 1))
    return merge(added, own)


def _blank(match: re.Match[str]) -> str:
    """Keep a string as it is; replace anything else by blanks, so that lines and columns stay."""
    kept: str | None = match[1]
    return kept if kept is not None else re.sub(r"[^\n]", " ", match[0])


def _from_environment(environment: Mapping[str, str]) -> Config:
    config: Config = {}
    for name, text in sorted(environment.items()):
        if not name.startswith(ENVIRONMENT_PREFIX):
            continue
        value: Any = _typed(text)
        for part in reversed(name.removeprefix(ENVIRONMENT_PREFIX).split("__")):
            value = {part.lower(): value}
        config = merge(config, value)
    return config


def _typed(text: str) -> Any:
    if text.lower() in {"true", "t", "false", "f"}:
        return text.lower().startswith("t")
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    if text.startswith("["):
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text
    return text
