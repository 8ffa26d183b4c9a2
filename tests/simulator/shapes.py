"""The shape of a JSON document: keys and how values are written, not what they say."""

import re
from typing import Any

_KINDS = (
    ("eight decimals", re.compile(r"-?\d+\.\d{8}")),
    ("time", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")),
    ("number", re.compile(r"-?\d+(\.\d+)?")),
)


def shape(document: Any, *, depth: int = 12) -> Any:
    """Return keys in order, the first item of lists, and kinds in place of values."""
    if isinstance(document, dict):
        return {key: shape(value, depth=depth - 1) for key, value in document.items()}
    if isinstance(document, list):
        return [shape(document[0], depth=depth - 1)] if document else []
    if isinstance(document, str):
        return next((kind for kind, pattern in _KINDS if pattern.fullmatch(document)), "text")
    return type(document).__name__


def assert_same_shape(ours: Any, theirs: Any) -> None:
    """Compare key by key and in the same order; lists that are empty on either side are not compared."""
    _compare(shape(ours), shape(theirs), "$")


def assert_same_fields(ours: Any, theirs: Any) -> None:
    """The same where a number may have any count of decimals, as it has where zeros are cut off."""
    _compare(_any_decimals(shape(ours)), _any_decimals(shape(theirs)), "$")


def _any_decimals(found: Any) -> Any:
    if isinstance(found, dict):
        return {key: _any_decimals(value) for key, value in found.items()}
    if isinstance(found, list):
        return [_any_decimals(value) for value in found]
    return "number" if found == "eight decimals" else found


def _compare(ours: Any, theirs: Any, path: str) -> None:
    if isinstance(theirs, dict):
        assert isinstance(ours, dict), f"{path}: {ours} is no object"
        assert list(ours) == list(theirs), f"{path}: {list(ours)} are not the keys {list(theirs)}"
        for key, value in theirs.items():
            _compare(ours[key], value, f"{path}.{key}")
    elif isinstance(theirs, list):
        assert isinstance(ours, list), f"{path}: {ours} is no list"
        if ours and theirs:
            _compare(ours[0], theirs[0], f"{path}[0]")
    else:
        assert ours == theirs, f"{path}: {ours} is not {theirs}"
