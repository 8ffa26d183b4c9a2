"""Write `technical_1_7_0.json`, from the root, with the Python that `make parity` makes.

`.parity/venv/bin/python -m tests.trading.strategy_framework.indicators.record`
"""

import importlib
import json
import sys
import warnings
from pathlib import Path

from tests.trading.strategy_framework.indicators.cases import results
from tests.trading.strategy_framework.indicators.digest import digest

NAMES = (
    "bouncyhouse",
    "candles",
    "consensus",
    "indicator_helpers",
    "indicators",
    "pivots_points",
    "qtpylib",
    "trendline",
    "util",
)
ANSWERS = Path(__file__).with_name("technical_1_7_0.json")

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    modules = {name: importlib.import_module(f"technical.{name}") for name in NAMES}
    found = {name: digest(answer) for name, answer in results(modules).items()}
    ANSWERS.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    sys.stdout.write(f"{len(found)} answers\n")
