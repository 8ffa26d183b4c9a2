"""What a strategy prints and warns of in a copy of the process, kept to be said in its turn."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any


class Said:
    """The output of one piece of work."""

    def __init__(self) -> None:
        self.out = ""
        self.err = ""
        self.warnings: list[tuple[Warning, type[Warning], str, int]] = []

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep what is said within the block."""
        out, err = StringIO(), StringIO()
        shown = warnings.showwarning
        with redirect_stdout(out), redirect_stderr(err):
            warnings.showwarning = self._keep
            try:
                yield
            finally:
                warnings.showwarning = shown
                self.out, self.err = out.getvalue(), err.getvalue()

    def repeat(self, warned: dict[str, dict[Any, Any]]) -> None:
        """Say it now; `warned` holds by file what was warned of already, as each is said once."""
        sys.stdout.write(self.out)
        sys.stderr.write(self.err)
        for message, category, file, line in self.warnings:
            warnings.warn_explicit(message, category, file, line, registry=warned.setdefault(file, {}))

    def _keep(
        self, message: Any, category: type[Warning], filename: str, lineno: int, *_: Any, **__: Any
    ) -> None:
        self.warnings.append((message, category, filename, lineno))
