"""What a strategy's text says about whether its pairs can be analysed apart, read and not run.

Copies of a process share no memory and no order: what reaches beyond the dataframe, to a file, another
program or a library with threads of its own, must stay in one process. Only what is known to be harmless
may be imported, and nothing may be called that writes, or remembers where `state` can't see it.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from trading.strategy_framework.interface.source_files import classes_of
from trading.strategy_framework.interface.strategy import IStrategy

_HARMLESS = frozenset({
    *("__future__", "abc", "bisect", "cmath", "collections", "copy", "dataclasses", "datetime", "decimal"),
    *("enum", "fractions", "functools", "itertools", "json", "logging", "math", "numbers", "operator"),
    *("pprint", "random", "re", "statistics", "string", "time", "types", "typing", "typing_extensions"),
    *("warnings", "arrow", "finta", "freqtrade", "numpy", "pandas", "pandas_ta", "pytz", "scipy", "ta"),
    *("talib", "technical"),
})  # fmt: skip
_OUTSIDE = frozenset({
    *("__import__", "compile", "eval", "exec", "globals", "open", "memmap", "tofile", "save", "savez"),
    *("savetxt", "to_clipboard", "to_csv", "to_excel", "to_feather", "to_hdf", "to_html", "to_json"),
    *("to_parquet", "to_pickle", "to_sql", "to_stata", "to_xml"),
    *("cache", "lru_cache", "set_option", "set_unstable_period", "set_compatibility", "seterr", "addHandler"),
    *("delattr", "setattr"),
})  # fmt: skip


def reaches_outside(strategy: IStrategy) -> str | None:
    """Return in a few words what in the strategy's files can't be done in a copy; None where nothing is."""
    for file in {
        getattr(sys.modules.get(each.__module__), "__file__", None) for each in classes_of(strategy)
    }:
        try:
            tree = ast.parse(Path(str(file)).read_bytes())
        except (OSError, SyntaxError, ValueError):
            return "its text can't be read"
        if found := next(_outside(tree), None):
            return found
    return None


def _outside(tree: ast.AST) -> Iterator[str]:
    imported = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            yield from (f"it changes {name}" for name in _changed(function) if name in imported)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (f"it imports {alias.name}" for alias in node.names if not _is_harmless(alias.name))
        elif isinstance(node, ast.ImportFrom):
            if node.level or not _is_harmless(node.module or ""):
                yield f"it imports {'.' * node.level}{node.module or ''}"
            yield from (f"it uses {alias.name}" for alias in node.names if alias.name in _OUTSIDE)
        elif isinstance(node, ast.Name) and node.id in _OUTSIDE:
            yield f"it uses {node.id}"
        elif isinstance(node, ast.Attribute) and node.attr in _OUTSIDE and not _is_self(node.value):
            yield f"it uses {node.attr}"


def _changed(function: ast.FunctionDef) -> Iterator[str]:
    """Yield the names to whose attributes or items a function assigns."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            root: ast.expr = node
            while isinstance(root, ast.Attribute | ast.Subscript):
                root = root.value
            if isinstance(root, ast.Name):
                yield root.id


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _is_harmless(module: str) -> bool:
    return module.partition(".")[0] in _HARMLESS
