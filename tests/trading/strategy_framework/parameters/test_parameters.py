"""Parameters: their values, their candidates, and where the values come from."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.trading.strategy_framework.strategy_files import strategy, write
from trading.strategy_framework.errors import StrategyError, StrategyLoadFailed
from trading.strategy_framework.loading.configuration import start
from trading.strategy_framework.loading.loader import load_strategy, load_strategy_file
from trading.strategy_framework.parameters.kinds import (
    BooleanParameter,
    CategoricalParameter,
    DecimalParameter,
    IntParameter,
    RealParameter,
)
from trading.strategy_framework.parameters.values import parameters_of

WITH_PARAMETERS = strategy("""
buy_params = {"buy_rsi": 31, "buy_kept": 99}
buy_rsi = IntParameter(10, 40, default=30)
buy_kept = IntParameter(10, 40, default=20, load=False)
sell_level = DecimalParameter(0.1, 0.9, default=0.5, decimals=2)
kind = CategoricalParameter(["a", "b"], default="a", space="enter")
same = buy_rsi
""")


def started(path: Path, config: dict[str, Any] | None = None) -> Any:
    one = load_strategy(path, config=config)
    start(one)
    return one


def stored(path: Path, params: dict[str, Any], *, owner: str = "Mine") -> None:
    document = {"strategy_name": owner, "params": params, "ft_stratparam_v": 1}
    path.with_suffix(".json").write_text(json.dumps(document))


def test_a_class_dict_beats_the_default(tmp_path: Path) -> None:
    one = started(write(tmp_path, WITH_PARAMETERS))
    assert (one.buy_rsi.value, one.sell_level.value, one.kind.value) == (31, 0.5, "a")


def test_the_file_beside_it_beats_the_class(tmp_path: Path) -> None:
    path = write(tmp_path, WITH_PARAMETERS)
    stored(path, {"buy": {"buy_rsi": 12}, "sell": {"sell_level": 0.777}, "enter": {"kind": "b"}})
    one = started(path)
    assert (one.buy_rsi.value, one.sell_level.value, one.kind.value) == (12, 0.78, "b")


def test_a_parameter_that_is_not_loaded_keeps_its_default(tmp_path: Path) -> None:
    assert started(write(tmp_path, WITH_PARAMETERS)).buy_kept.value == 20


def test_the_file_holds_tables_that_beat_the_class_and_not_the_configuration(tmp_path: Path) -> None:
    path = write(tmp_path, WITH_PARAMETERS)
    stored(
        path,
        {
            "roi": {"30": 0.01, "0": 0.05},
            "stoploss": {"stoploss": -0.3},
            "trailing": {"trailing_stop": True, "trailing_stop_positive": 0.01},
            "max_open_trades": {"max_open_trades": 7},
        },
    )
    one = started(path)
    assert one.minimal_roi == {0: 0.05, 30: 0.01}
    assert (one.stoploss, one.trailing_stop, one.trailing_stop_positive) == (-0.3, True, 0.01)
    assert one.max_open_trades == 7
    assert started(path, {"stoploss": -0.2}).stoploss == -0.2


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "is no file of parameters"), ('{"strategy_name": "Other"}', "holds parameters of 'Other'")],
)
def test_a_wrong_file_of_parameters_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = write(tmp_path, WITH_PARAMETERS)
    path.with_suffix(".json").write_text(text)
    with pytest.raises(StrategyLoadFailed, match=said):
        load_strategy(path)


def test_a_parameter_without_a_space_is_named(tmp_path: Path) -> None:
    one = load_strategy(write(tmp_path, strategy("length = IntParameter(1, 2, default=1)")))
    with pytest.raises(StrategyError, match="the space of the parameter length is not known"):
        start(one)


def test_two_objects_of_a_class_have_values_of_their_own(tmp_path: Path) -> None:
    found = load_strategy_file(write(tmp_path, WITH_PARAMETERS))
    first, second = found({}), found({})
    setattr(first, "x", None)  # noqa: B010
    one, other = (dict(parameters_of(which)) for which in (first, second))
    one["buy_rsi"].value = 15
    assert other["buy_rsi"].value == 30


def test_two_names_of_one_parameter_stay_one(tmp_path: Path) -> None:
    one = load_strategy(write(tmp_path, WITH_PARAMETERS))
    found = dict(parameters_of(one))
    assert found["same"] is found["buy_rsi"]


def test_parameters_made_in_bot_start_are_loaded(tmp_path: Path) -> None:
    body = "buy_params = {'buy_late': 3}\ndef bot_start(self): self.buy_late = IntParameter(1, 9, default=5)"
    assert started(write(tmp_path, strategy(body))).buy_late.value == 3


def test_parameters_of_a_space_are_listed(tmp_path: Path) -> None:
    one = started(write(tmp_path, WITH_PARAMETERS))
    assert [name for name, _ in parameters_of(one, "buy")] == ["buy_kept", "buy_rsi", "same"]


def test_a_range_is_the_value_alone_unless_optimising() -> None:
    parameter = IntParameter(1, 4, default=3)
    assert list(parameter.range) == [3]
    parameter.in_space = True
    assert list(parameter.range) == [1, 2, 3, 4]
    parameter.optimize = False
    assert list(parameter.range) == [3]


def test_a_decimal_range_has_its_places() -> None:
    parameter = DecimalParameter([0.1, 0.3], default=0.15, decimals=1)
    assert (parameter.value, parameter.range) == (0.1, [0.1])
    parameter.in_space = True
    assert parameter.range == [0.1, 0.2, 0.3]


def test_categories_and_booleans_list_their_values() -> None:
    one, two = CategoricalParameter(["x", "y"], default="y"), BooleanParameter(default=True)
    assert (list(one.range), list(two.range)) == (["y"], [True])
    one.in_space = two.in_space = True
    assert (list(one.range), list(two.range)) == (["x", "y"], [True, False])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: IntParameter(1, default=1),
        lambda: IntParameter([1, 2, 3], default=1),
        lambda: RealParameter([1, 2], 3, default=1),
        lambda: CategoricalParameter(["one"], default="one"),
        lambda: IntParameter(1, 2, default=1, name="x"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(wrong: Any) -> None:
    with pytest.raises(StrategyError):
        wrong()
