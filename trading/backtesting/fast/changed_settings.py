"""Whether a strategy may change its own settings while it runs: the fast loop reads them once."""

import ast
from collections.abc import Iterator

from trading.strategy_framework.interface.legacy import SETTINGS as OLD_SETTINGS
from trading.strategy_framework.interface.source_files import source_files
from trading.strategy_framework.interface.strategy import IStrategy

_NO_SETTINGS = {"dp", "wallets", "config", "market_direction", "plot_config", "__file__"}
_SETTINGS = (set(IStrategy.__annotations__) | set(OLD_SETTINGS)) - _NO_SETTINGS
_BEFORE_THE_RUN = {"__init__", "__new__", "version", "informative_pairs", "bot_start"}
_MUTATIONS = {"update", "pop", "popitem", "clear", "setdefault"}


def may_change_settings(strategy: IStrategy) -> bool:
    """Tell whether a method that may be called during the run writes to a setting, as its text says."""
    classes = {each.__name__ for each in type(strategy).__mro__}
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in source_files(strategy))
    return any(_writes_setting(node) for text in texts for node in _nodes_of_the_run(text, classes))


def _nodes_of_the_run(text: str, classes: set[str]) -> Iterator[ast.AST]:
    for each in ast.walk(ast.parse(text)):
        if isinstance(each, ast.ClassDef) and each.name in classes:
            for method in each.body:
                if isinstance(method, ast.FunctionDef) and not _is_called_before(method.name):
                    yield from ast.walk(method)


def _is_called_before(name: str) -> bool:
    return name in _BEFORE_THE_RUN or name.startswith("populate_")


def _writes_setting(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return not isinstance(node.ctx, ast.Load) and node.attr in _SETTINGS
    if isinstance(node, ast.Subscript):
        return not isinstance(node.ctx, ast.Load) and _is_setting(node.value)
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    if isinstance(called, ast.Attribute):
        return called.attr in _MUTATIONS and _is_setting(called.value)
    return isinstance(called, ast.Name) and called.id == "setattr"


def _is_setting(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in _SETTINGS
