"""Start the forecast service: `python -m serving`, BentoML with one worker on the forecasts port."""

import os
import sys
from pathlib import Path
from typing import NoReturn

from runtime.errors import RuntimeFailure, exit_code_of
from runtime.settings import CoreSettings, load
from serving.model_store import prepare_environment
from serving.settings import ForecastsSettings

ROOT = Path(__file__).resolve().parents[1]


def main() -> NoReturn:
    """Check the settings, then become `bentoml serve`; signals reach it directly."""
    try:
        core, _ = load(CoreSettings), load(ForecastsSettings)
    except RuntimeFailure as error:
        print(f"forecasts: {error}", file=sys.stderr)  # noqa: T201 - the one line that a person needs
        sys.exit(exit_code_of(error))
    prepare_environment(core)
    # Spinning OpenMP threads beside other busy processes made inference twenty times slower.
    os.environ.update(OMP_NUM_THREADS="1", OMP_WAIT_POLICY="PASSIVE")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", "bentoml", "serve", "serving.service:Forecasts"]
    options = ["--host", core.bind_host, "--port", str(core.forecasts_port), "--working-dir", str(ROOT)]
    os.execv(sys.executable, [*command, *options])  # noqa: S606 - our own interpreter


if __name__ == "__main__":
    main()
