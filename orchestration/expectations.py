"""Great Expectations as a function: a frame of bars in, findings out.

The suite is reviewable JSON in `great_expectations/expectations`. That folder holds no Python: it
would hide the library of the same name.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from orchestration.errors import BadSuite
from serving.series import BAR_NS, BarSeries

SUITES = Path(__file__).resolve().parents[1] / "great_expectations" / "expectations"


class Finding(NamedTuple):
    """An expectation that was not met; `severity` is critical, warning or info."""

    expectation: str
    column: str
    severity: str
    observed: str


def bars_frame(series: BarSeries) -> pd.DataFrame:
    """Return a series as the frame that the suite speaks of, with its derived columns.

    `minutes_since_previous` and `change` (ratio of neighbouring closes) are 1 in the first row.
    """
    minutes = np.diff(series.open_time, prepend=series.open_time[:1] - BAR_NS) / BAR_NS
    with np.errstate(divide="ignore", invalid="ignore"):
        change = series.close / np.concatenate([series.close[:1], series.close[:-1]])
    return pd.DataFrame({**series._asdict(), "minutes_since_previous": minutes, "change": change})


def validate(frame: pd.DataFrame, suite: str) -> list[Finding]:
    """Validate a frame against a stored suite; return what was not met, critical first.

    Raises:
        BadSuite: the suite's file is missing or is no suite.
    """
    # The library's import costs three seconds of processor time, which only a check should pay.
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415

    import great_expectations as gx  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    batches = context.data_sources.add_pandas("bars").add_dataframe_asset("bars")
    batch = batches.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    result = batch.validate(_read_suite(gx, suite), result_format="SUMMARY")
    findings = [_finding(entry) for entry in result.results if not entry.success]
    return sorted(findings, key=lambda finding: (finding.severity != "critical", finding.expectation))


def _read_suite(gx: Any, name: str) -> Any:
    path = SUITES / f"{name}.json"
    try:
        return gx.ExpectationSuite(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise BadSuite(f"{path.name} in great_expectations/expectations is no suite: {error}") from error


def _finding(entry: Any) -> Finding:
    kwargs = dict(entry.expectation_config.kwargs)
    columns = kwargs.get("column") or f"{kwargs.get('column_A', '')} {kwargs.get('column_B', '')}".strip()
    result = entry.result or {}
    observed = result.get("observed_value", result.get("partial_unexpected_list", ""))
    share = result.get("unexpected_percent")
    text = f"{share:.2f} % unexpected, such as {observed}" if share is not None else str(observed)
    severity = getattr(entry.expectation_config.severity, "value", entry.expectation_config.severity)
    return Finding(entry.expectation_config.type, columns or "table", str(severity), text[:200])
