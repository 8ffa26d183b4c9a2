"""TA-Lib's functions without the types of its stubs, which forbid columns by name and series."""

from typing import Any

import talib
from talib import abstract

ta: Any = abstract
"""The functions that take a frame, and `price=` for its column."""
plain: Any = talib
"""The functions that take and return series or arrays."""
