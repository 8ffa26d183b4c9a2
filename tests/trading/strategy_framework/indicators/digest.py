"""A short digest of an answer in which every value counts.

Ten digits, because logarithms and powers differ in their last bit from one processor to another.
"""

import hashlib
from typing import Any

import numpy as np
import pandas as pd


def digest(answer: Any) -> str:
    """Return a digest of a series, array, frame, or of several by name or place."""
    return hashlib.sha256("\n".join(_lines(answer)).encode()).hexdigest()[:20]


def _lines(answer: Any) -> list[str]:
    if isinstance(answer, dict):
        return [f"{name}:{line}" for name in sorted(answer) for line in _lines(answer[name])]
    if isinstance(answer, tuple):
        return [f"{place}:{line}" for place, part in enumerate(answer) for line in _lines(part)]
    if isinstance(answer, pd.DataFrame):
        return [f"{name}:{line}" for name in sorted(answer) for line in _lines(answer[name])]
    return [_text(value) for value in np.asarray(answer).tolist()]


def _text(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124  # NaN and NaT
        return "none"
    return f"{float(value):.10g}" if isinstance(value, int | float) else str(value)
