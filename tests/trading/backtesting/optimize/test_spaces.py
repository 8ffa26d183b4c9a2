"""Spaces, candidates and windows, without a database."""

import json
from itertools import pairwise
from pathlib import Path

import optuna
import pytest

from tests.trading.backtesting.optimize.strategy_sources import CROSS, OWN_SPACES, source
from trading.backtesting.optimize.candidate import (
    Candidate,
    apply,
    asked,
    chosen_dimensions,
    spaces_of,
    write_parameters,
)
from trading.backtesting.optimize.errors import BadSpace
from trading.backtesting.optimize.losses import LOSSES, loss_named
from trading.backtesting.optimize.windows import walk_forward
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.loading.configuration import configured, start
from trading.strategy_framework.loading.loader import load_strategy, load_strategy_file

HOUR, DAY = 3600, 86_400


@pytest.fixture
def cross(tmp_path: Path) -> IStrategy:
    return load_strategy(source(tmp_path, CROSS, "cross"))


def one_candidate(strategy: IStrategy, *spaces: str, seed: int = 0) -> Candidate:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed))
    return asked(strategy, chosen_dimensions(strategy, spaces), study.ask())


def test_every_parameter_is_found_in_its_space(cross: IStrategy) -> None:
    found = {space: [one.name for one in dimensions] for space, dimensions in spaces_of(cross).items()}
    assert sorted(found["buy"]) == ["buy_fast", "buy_side", "buy_slow"]
    assert sorted(found["sell"]) == ["sell_margin", "sell_strict"]
    assert found["protection"] == ["cooldown"]
    assert {"roi", "stoploss", "trailing", "trades"} <= set(found)


def test_default_leaves_out_what_freqtrade_leaves_out(cross: IStrategy) -> None:
    spaces = {dimension.space for dimension in chosen_dimensions(cross, ["default"])}
    assert spaces == {"buy", "sell", "roi", "stoploss"}
    assert {dimension.space for dimension in chosen_dimensions(cross, ["all"])} == set(spaces_of(cross))


def test_an_unknown_space_is_refused_with_those_that_there_are(cross: IStrategy) -> None:
    with pytest.raises(BadSpace, match="Cross has no space 'bye'; it has: all, default, buy"):
        chosen_dimensions(cross, ["bye"])


@pytest.mark.parametrize("seed", range(25))
def test_a_candidate_keeps_to_the_ranges(cross: IStrategy, seed: int) -> None:
    found = one_candidate(cross, "all", seed=seed)
    assert 2 <= found["buy"]["buy_fast"] <= 10
    assert found["buy"]["buy_side"] in [("over", 1), ("under", -1)]
    assert found["sell"]["sell_margin"] == round(found["sell"]["sell_margin"], 4) <= 0.01
    assert -0.35 <= found["stoploss"]["stoploss"] <= -0.02
    minutes = [int(key) for key in found["roi"]]
    ratios = list(found["roi"].values())
    assert minutes == sorted(minutes)
    assert minutes[0] == 0
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[-1] == 0
    assert found["trailing"]["trailing_stop_positive_offset"] > found["trailing"]["trailing_stop_positive"]


def test_a_candidate_s_values_are_what_the_strategy_reads(cross: IStrategy) -> None:
    candidate = {
        "buy": {"buy_fast": 3, "buy_side": ("under", -1)},
        "sell": {"sell_margin": 0.0042},
        "roi": {"30": 0.01, "0": 0.05},
        "stoploss": {"stoploss": -0.123},
        "trailing": {"trailing_stop": True, "trailing_stop_positive": 0.02},
        "trades": {"max_open_trades": -1},
    }
    apply(cross, candidate)
    start(cross)
    values = vars(cross)
    assert (values["buy_fast"].value, values["buy_side"].value) == (3, ("under", -1))
    assert values["sell_margin"].value == 0.0042
    assert cross.minimal_roi == {0: 0.05, 30: 0.01}
    assert (cross.stoploss, cross.trailing_stop, cross.max_open_trades) == (-0.123, True, float("inf"))


def test_a_strategy_s_own_spaces_replace_ours(tmp_path: Path) -> None:
    strategy = load_strategy(source(tmp_path, OWN_SPACES, "own_spaces"))
    for seed in range(10):
        found = one_candidate(strategy, "roi", "stoploss", seed=seed)
        assert -0.05 <= found["stoploss"]["stoploss"] <= -0.03
        (zero, much), (late, nothing) = found["roi"].items()
        assert (zero, nothing) == ("0", 0.0)
        assert much in {0.02, 0.04}
        assert 10 <= int(late) <= 20


def test_written_values_are_read_back_and_other_spaces_stay(tmp_path: Path) -> None:
    path = source(tmp_path, CROSS, "cross")
    path.with_suffix(".json").write_text(
        json.dumps({"strategy_name": "Cross", "params": {"protection": {"cooldown": 5}}})
    )
    candidate = {"buy": {"buy_fast": 9}, "stoploss": {"stoploss": -0.07}, "trades": {"max_open_trades": 4}}
    place = write_parameters(path, "Cross", candidate, "2024-01-01 00:00:00+00:00")
    assert place == tmp_path / "cross.json"
    document = json.loads(place.read_text())
    assert document["ft_stratparam_v"] == 1
    assert document["params"]["max_open_trades"] == {"max_open_trades": 4}
    strategy = configured(load_strategy_file(path))
    start(strategy)
    values = vars(strategy)
    assert (values["buy_fast"].value, values["cooldown"].value) == (9, 5)
    assert (strategy.stoploss, strategy.max_open_trades) == (-0.07, 4)


def test_windows_share_no_candle_and_reach_the_end() -> None:
    found = walk_forward(0, 100 * DAY - HOUR, timeframe_s=HOUR, windows=4, train_ratio=3)
    tested = found[:-1]
    for window in tested:
        assert window.test is not None
        assert window.train.stop_s is not None
        assert window.train.stop_s + HOUR == window.test.start_s
    for before, after in pairwise(tested):
        assert before.test is not None
        assert after.test is not None
        assert before.test.stop_s is not None
        assert before.test.stop_s + HOUR == after.test.start_s
    assert tested[0].train.start_s == 0
    assert tested[-1].test is not None
    assert tested[-1].test.stop_s == found[-1].train.stop_s == 100 * DAY - HOUR
    assert found[-1].test is None


def test_windows_that_do_not_fit_are_refused() -> None:
    with pytest.raises(BadSpace, match=r"5\.0 days are too short for 9 windows"):
        walk_forward(0, 5 * DAY - HOUR, timeframe_s=HOUR, windows=9, train_ratio=3)


def test_an_unknown_loss_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(BadSpace, match="there is no loss 'luck'; choose one of: sharpe, sortino"):
        loss_named("luck")
    assert {"sharpe", "sortino", "calmar", "profit", "drawdown", "SharpeHyperOptLoss"} <= set(LOSSES)
