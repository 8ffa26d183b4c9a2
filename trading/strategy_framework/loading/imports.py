"""`import` as a strategy file sees it: our `freqtrade` and `technical`, and the files of its folder.

Each file is run with a `__builtins__` of its own whose `__import__` is a `StrategyImports`. Python
takes a function's builtins from the module that defined it, so an import inside a method finds the
same names, in any thread and at any time, while nothing global changes: `sys.modules`,
`sys.meta_path` and `sys.path` stay as they are, and a real freqtrade beside us stays untouched.

The order: what we offer, the standard library, a file of the same folder, installed packages.
"""

import ast
import builtins
import hashlib
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import Any

from trading.strategy_framework.loading.numpy_names import NumpyNames
from trading.strategy_framework.loading.offered import is_offered, is_ours, offered_module

PACKAGE_OF = {
    "cv2": "opencv-python",
    "pandas_ta": "ft-pandas-ta",
    "rapidjson": "python-rapidjson",
    "skopt": "scikit-optimize",
    "sklearn": "scikit-learn",
    "talib": "TA-Lib",
    "telegram": "python-telegram-bot",
    "yaml": "pyyaml",
}


KNOWN_PACKAGES = frozenset(PACKAGE_OF.values()) | {
    "arrow",
    "cachetools",
    "catboost",
    "ccxt",
    "finta",
    "joblib",
    "lightgbm",
    "matplotlib",
    "numba",
    "numpy",
    "optuna",
    "pandas",
    "plotly",
    "polars",
    "pyarrow",
    "requests",
    "scipy",
    "statsmodels",
    "ta",
    "tensorflow",
    "torch",
    "tqdm",
    "xgboost",
}
"""What is safe to recommend: anyone may have published a package under a name that we do not know."""


class StrategyImports:
    """`__import__` of the files of one folder that belong to one strategy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = RLock()
        self._files: dict[Path, ModuleType] = {}
        self._siblings: dict[str, bool] = {}

    def __call__(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002  # __import__'s own names
        locals: Mapping[str, Any] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """Import as `builtins.__import__` does.

        Raises:
            ModuleNotFoundError: there is no such module; the message says what to install.
        """
        if level:
            return self._relative(name, globals or {}, fromlist or (), level)
        if is_offered(name):
            return _offered(name, fromlist or ())
        if is_ours(name):
            raise ModuleNotFoundError(f"imports {name}, which is not offered to strategies", name=name)
        if self._is_sibling(name.partition(".")[0]):
            return self._sibling(self._folder, name, fromlist or ())
        try:
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        except ModuleNotFoundError as error:
            if error.name != name.partition(".")[0]:
                raise
            raise ModuleNotFoundError(
                f"imports {error.name}, which is not installed; {_advice(error.name)}", name=error.name
            ) from error

    @property
    def files(self) -> list[Path]:
        """The files that have been run."""
        return list(self._files)

    def run(self, path: Path) -> ModuleType:
        """Run a file as a module that imports in this way; the same file only once.

        Raises:
            OSError: the file can't be read.
            Exception: whatever the file raises.
        """
        path = path.resolve()
        with self._lock:
            if path in self._files:
                return self._files[path]
            module = _new_module(path)
            vars(module)["__builtins__"] = {**vars(builtins), "__import__": self}
            code = _compiled(path)
            self._files[path] = module
            # Dataclasses, pickle and inspect look a class's module up by its name.
            sys.modules[module.__name__] = module
            try:
                exec(code, vars(module))  # noqa: S102  # that is its purpose
            except BaseException:
                del self._files[path]
                raise
            return module

    def _relative(
        self, name: str, importer: Mapping[str, Any], fromlist: Sequence[str], level: int
    ) -> ModuleType:
        folder = Path(importer["__file__"]).parent
        for _ in range(level - 1):
            folder = folder.parent
        if name:
            return self._sibling(folder, name, fromlist)
        package = ModuleType(folder.name)
        self._add_children(package, folder, fromlist)
        return package

    def _sibling(self, folder: Path, name: str, fromlist: Sequence[str]) -> ModuleType:
        """Import a dotted name of a folder; return the last module, or the first without `fromlist`."""
        chain: list[ModuleType] = []
        for part in name.split("."):
            path = _file_of(folder, part)
            if path is None:
                raise ModuleNotFoundError(f"imports {name}, but {folder} has no {part}.py", name=name)
            child = self.run(path)
            if chain:
                setattr(chain[-1], part, child)
            chain.append(child)
            folder = folder / part
        self._add_children(chain[-1], folder, fromlist)
        return chain[-1] if fromlist else chain[0]

    def _add_children(self, package: ModuleType, folder: Path, names: Sequence[str]) -> None:
        for name in names:
            path = None if hasattr(package, name) else _file_of(folder, name)
            if path is not None:
                setattr(package, name, self.run(path))

    def _is_sibling(self, name: str) -> bool:
        if name not in self._siblings:
            is_ours = name not in sys.stdlib_module_names and _file_of(self._folder, name) is not None
            self._siblings[name] = is_ours
        return self._siblings[name]


def _file_of(folder: Path, name: str) -> Path | None:
    candidates = (folder / f"{name}.py", folder / name / "__init__.py")
    return next((path for path in candidates if path.is_file()), None)


def _advice(module: str) -> str:
    package = PACKAGE_OF.get(module, module)
    if package in KNOWN_PACKAGES:
        return f"install it with: pip install {package}"
    return f"install the package that provides it, or put {module}.py beside the strategy"


def _offered(name: str, fromlist: Sequence[str]) -> ModuleType:
    if fromlist:
        return offered_module(name)
    first, _, rest = name.partition(".")
    module = top = offered_module(first)
    for part in rest.split(".") if rest else ():
        module = getattr(module, part)
    return top


def _new_module(path: Path) -> ModuleType:
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:12]
    module = ModuleType(f"tidegate_strategy_{path.stem}_{digest}")
    module.__file__ = str(path)
    return module


def _compiled(path: Path) -> Any:
    source = path.read_bytes()
    with warnings.catch_warnings():
        # What Python says about a user's spelling, such as "\d" in a text, is not ours to print.
        warnings.simplefilter("ignore")
        tree = ast.parse(source, str(path))
        return compile(NumpyNames().visit(tree), str(path), "exec", dont_inherit=True)
