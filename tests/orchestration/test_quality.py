"""Bars that must not be trained on are found, each by its expectation."""

import json
import shutil
from pathlib import Path

import dagster as dg
import numpy as np
import pytest

import great_expectations
from orchestration.defs.history.bar_history import bar_history
from orchestration.defs.quality.bars_are_sound import bars_are_sound
from orchestration.errors import BadSuite
from orchestration.expectations import SUITES, Finding, bars_frame, validate
from orchestration.partitions import SYMBOLS
from orchestration.platform import Platform
from serving.series import BarSeries
from tests.serving.builders import insert, random_walk, without

FOLDER = SUITES.parent


def findings_of(series: BarSeries) -> list[Finding]:
    return validate(bars_frame(series), "bars")


def with_value(column: str, value: float) -> BarSeries:
    series = random_walk(2000)
    getattr(series, column)[1000] = value
    return series


def repeated(series: BarSeries) -> BarSeries:
    return BarSeries(*(np.repeat(column, [1] * 1999 + [2]) for column in series))


def test_good_bars_give_no_finding() -> None:
    assert findings_of(random_walk(2000)) == []


def test_a_missing_minute_is_a_warning() -> None:
    findings = findings_of(without(random_walk(2000), 1000, 1001))
    assert [(found.column, found.severity) for found in findings] == [("minutes_since_previous", "warning")]


@pytest.mark.parametrize(
    ("series", "column"),
    [
        (without(random_walk(2000), 1000, 1040), "minutes_since_previous"),
        (repeated(random_walk(2000)), "open_time"),
        (with_value("low", -1.0), "low"),
        (with_value("low", 0.0), "low"),
        (with_value("high", 1.0), "high low"),
        (with_value("close", 1000.0), "high close"),
        (with_value("open", np.nan), "open"),
        (with_value("volume", -0.1), "volume"),
        (random_walk(100), "table"),
    ],
    ids=["hole", "duplicate", "negative", "zero", "high below low", "jump", "null", "volume", "too few"],
)
def test_a_bad_bar_is_critical(series: BarSeries, column: str) -> None:
    findings = findings_of(series)
    assert (column, "critical") in [(found.column, found.severity) for found in findings]
    assert findings[0].severity == "critical"


def test_bad_bars_block_what_is_downstream(platform: Platform) -> None:
    reached: list[str] = []

    @dg.asset(deps=[bar_history], partitions_def=SYMBOLS)
    def downstream() -> None:
        reached.append("downstream")

    start, end = platform.history_span()
    bars = (end - start) // 60_000_000_000
    with platform.connect() as connection:
        insert(connection, random_walk(bars, start=start))
        connection.execute(
            "update bars set low = -1 where open_time = to_timestamp(%s)", (start // 10**9 + 60,)
        )
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [bar_history, bars_are_sound, downstream],
            partition_key="BTC/USDT",
            resources={"platform": platform},
            instance=instance,
            raise_on_error=False,
        )
        check = result.get_asset_check_evaluations()[0]
    assert not result.success
    assert reached == []
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert "low" in str(check.metadata["findings"].value)


def test_the_folder_of_expectations_holds_no_python() -> None:
    """A Python file there would make the folder a package, and hide the library of the same name."""
    assert {path.suffix for path in FOLDER.rglob("*") if path.is_file()} <= {".json", ".yml", ".yaml"}
    assert list(FOLDER.rglob("*.py")) == []


def test_the_library_itself_reads_the_folder_as_its_context(tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "context")
    context = great_expectations.get_context(mode="file", context_root_dir=str(folder))
    assert len(context.suites.get("bars").expectations) > 10


def test_a_broken_suite_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.expectations.SUITES", tmp_path)
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(BadSuite, match="broken"):
        validate(bars_frame(random_walk(10)), "broken")
    assert json.loads((SUITES / "bars.json").read_text())["name"] == "bars"
