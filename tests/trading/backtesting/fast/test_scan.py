"""The compiled scan: exact rounding, exact comparisons, and the same answers as the plain Python."""

import math
from array import array
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trading.backtesting.fast import kernels, machine_code, packing
from trading.backtesting.fast.scanning import tick_parts
from trading.strategy_framework.trades.arithmetic.rounding import price_to_precision

TICKS = [*(1 / 10.0**decimals for decimals in range(1, 9)), 0.05, 0.25, 0.5, 1.0, 5.0]
PRICES = st.floats(min_value=1e-3, max_value=1e5)


@given(price=PRICES, tick=st.sampled_from(TICKS), steps=st.integers(1, 10**7), is_short=st.booleans())
@settings(max_examples=400)
def test_stops_are_rounded_as_exact_decimals_round_them(
    price: float, tick: float, steps: int, *, is_short: bool
) -> None:
    units, scale = tick_parts(tick)
    multiple = steps * units / scale
    for value in (price, multiple, math.nextafter(multiple, 0), math.nextafter(multiple, math.inf)):
        exact = price_to_precision(value, tick, rounding="down" if is_short else "up")
        assert kernels.round_stop(value, units, scale, is_short) == exact


@given(
    limit=st.integers(-(10**7), 10**7),
    off=st.integers(-300, 300),
    scale=st.sampled_from([1e-8, 1e-10, 1e-12]),
)
@settings(max_examples=400)
def test_a_comparison_is_that_of_the_rounded_profit_or_in_doubt(limit: int, off: int, scale: float) -> None:
    profit = limit / 1e8 + off * scale
    rounded = round(profit, 8)
    sign = (rounded > limit / 1e8) - (rounded < limit / 1e8)
    assert kernels.compare(profit, limit / 1e8) in {sign, 2}


@given(off=st.integers(-49, 49))
def test_a_comparison_is_in_doubt_only_beside_a_half_of_the_eighth_place(off: int) -> None:
    assert kernels.compare(0.01234567 + off * 1e-10, 0.01234567) != 2


@pytest.mark.parametrize("seed", range(60))
def test_the_compiled_scan_answers_as_the_plain_one(seed: int) -> None:
    case = _Case(Random(seed))
    assert case.compiled(machine_code.scan_function()) == case.plain()


def test_a_damaged_or_missing_cache_entry_is_compiled_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    fresh = machine_code.scan_function.__wrapped__
    case = _Case(Random(1))
    expected = case.plain()
    assert case.compiled(fresh()) == expected
    (entry,) = machine_code.cache_folder().iterdir()
    entry.write_bytes(entry.read_bytes()[:-100])
    assert case.compiled(fresh()) == expected
    assert len(entry.read_bytes()) > 1_000


def test_the_scan_runs_without_a_cache_that_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    case = _Case(Random(2))
    assert case.compiled(machine_code.scan_function.__wrapped__()) == case.plain()


class _Case:
    """A drawn trade in drawn candles."""

    def __init__(self, random: Random) -> None:
        rows = 200
        closes = [100.0]
        for _ in range(rows):
            closes.append(closes[-1] * (1 + random.gauss(0, 0.004)))
        self.opens = array("d", closes[:-1])
        pairs = list(pairwise(closes))
        self.highs = array("d", [max(pair) * (1 + abs(random.gauss(0, 0.002))) for pair in pairs])
        self.lows = array("d", [min(pair) * (1 - abs(random.gauss(0, 0.002))) for pair in pairs])
        self.enters = array("b", [random.random() < 0.2 for _ in range(rows)])
        self.leaves = array("b", [random.random() < 0.02 for _ in range(rows)])
        self.targets_from = array("q", [0, 30])
        self.targets = array("d", [random.choice([0.01, 0.2]), random.choice([0.002, 0.1])])
        self.first, self.last = 0, rows
        is_short, leverage = random.random() < 0.5, random.choice([1.0, 3.0])
        self.rules = kernels.ExitRules(
            use_signal=random.random() < 0.8,
            profit_only=random.random() < 0.5,
            profit_offset=0.001,
            trailing=random.random() < 0.7,
            stoploss=-0.05,
            positive=random.choice([math.nan, 0.005]),
            offset=0.01,
            only_offset=random.random() < 0.5,
            signal_voids_return=random.random() < 0.5,
        )
        liquidation = random.choice([math.nan, 104.0 if is_short else 96.0])
        value = 250.0 * (1 - 0.001 if is_short else 1 + 0.001)
        tick_units, tick_scale = random.choice([(0.0, 1.0), (1.0, 100.0)])
        self.position = kernels.Position(
            amount=2.5,
            open_value=value,
            fee=0.001,
            funding=random.choice([0.0, -0.3]),
            leverage=leverage,
            liquidation=liquidation,
            is_short=is_short,
            tick_units=tick_units,
            tick_scale=tick_scale,
        )
        stop = 105.0 if is_short else 95.0
        self.course = kernels.Course(stop, -0.05, trailed=False, rate_max=100.0, rate_min=100.0)

    def plain(self) -> tuple[int, int, tuple[float, ...]]:
        columns = (
            self.opens,
            self.highs,
            self.lows,
            self.enters,
            self.leaves,
            self.targets_from,
            self.targets,
        )
        row, found, course = kernels.scan(
            *columns, 2, self.first, self.last, self.course, self.rules, self.position
        )
        return row, found, tuple(map(float, course))

    def compiled(self, scan: machine_code.Scan) -> tuple[int, int, tuple[float, ...]]:
        packed = array("d", [*map(float, (*self.rules, *self.position, *self.course)), 0.0])
        columns = (
            self.opens,
            self.highs,
            self.lows,
            self.enters,
            self.leaves,
            self.targets_from,
            self.targets,
        )
        addresses = [column.buffer_info()[0] for column in (*columns, packed)]
        row = scan(*addresses, 2, self.first, self.last)
        return row, int(packed[packing.FOUND]), tuple(packed[packing.COURSE : packing.FOUND])
