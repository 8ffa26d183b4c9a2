"""Strategies to run are named as ours, as imported ones, or by the path of their file."""

from pathlib import Path

import pytest

from tests.trading.backtesting.commands.strategy_sources import strategy_file
from trading.api.host.roster import load_roster
from trading.strategy_framework.errors import StrategyError


def test_names_of_ours_and_of_imported_files_and_paths_are_found(tmp_path: Path) -> None:
    strategy_file(tmp_path / "data/strategies/more", "Imported")
    elsewhere = strategy_file(tmp_path / "elsewhere", "Mine")
    roster = load_roster(["ema_cross", "Imported", str(elsewhere)], tmp_path / "data")
    assert list(roster) == ["ema_cross", "Imported", "Mine"]
    assert roster["Imported"].__name__ == "Imported"


def test_without_names_ours_run_and_imported_ones_do_not(tmp_path: Path) -> None:
    strategy_file(tmp_path / "strategies", "Imported")
    roster = load_roster([], tmp_path)
    assert "ema_cross" in roster
    assert "Imported" not in roster


def test_a_name_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    strategy_file(tmp_path / "strategies", "Imported")
    with pytest.raises(StrategyError, match=r"no strategy 'Absent'; .*ema_cross.*, Imported or paths"):
        load_roster(["Absent"], tmp_path)
