"""Features are the same in training and serving, and never look ahead."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.features import CLIP, FEATURE_NAMES, LOOKBACK, compute_features, feature_hash
from serving.series import BarSeries
from serving.training_set import bars_needed, build_training_set
from tests.serving.builders import random_walk

SERIES = random_walk(700)


def test_a_row_has_every_feature_in_bounds_and_single_precision() -> None:
    table = compute_features(SERIES)
    assert table.values.shape == (700 - LOOKBACK, len(FEATURE_NAMES))
    assert table.values.dtype == np.float32
    assert np.isfinite(table.values).all()
    assert np.abs(table.values).max() <= CLIP


@given(st.integers(min_value=LOOKBACK + 1, max_value=699))
def test_a_truncated_prefix_gives_the_same_features(bars: int) -> None:
    whole, prefix = compute_features(SERIES), compute_features(SERIES.between(0, bars))
    np.testing.assert_array_equal(prefix.values, whole.values[: bars - LOOKBACK])
    np.testing.assert_array_equal(prefix.volatility, whole.volatility[: bars - LOOKBACK])


@given(st.integers(min_value=LOOKBACK, max_value=690), st.floats(min_value=0.5, max_value=2.0))
def test_another_future_changes_no_past_feature(last: int, factor: float) -> None:
    changed = BarSeries(*(column.copy() for column in SERIES))
    for column in changed[1:]:
        column[last + 1 :] *= factor
    before = compute_features(SERIES).values[: last + 1 - LOOKBACK]
    np.testing.assert_array_equal(compute_features(changed).values[: last + 1 - LOOKBACK], before)


@pytest.mark.parametrize("sample", [0, 17, 300])
def test_serving_on_the_newest_bars_equals_the_training_sample(sample: int) -> None:
    window = 48
    samples = build_training_set(random_walk(1000), window)
    last = LOOKBACK + window - 1 + sample
    newest = random_walk(1000).between(last + 1 - bars_needed(window), last + 1)
    table = compute_features(newest)
    np.testing.assert_array_equal(table.values[-window:], samples.windows[sample])


def test_no_rows_come_of_too_few_bars() -> None:
    assert compute_features(SERIES.between(0, LOOKBACK)).values.shape == (0, len(FEATURE_NAMES))
    assert compute_features(SERIES.between(0, 0)).close.size == 0


def test_a_flat_market_gives_finite_features() -> None:
    ones = np.ones(100)
    flat = BarSeries(SERIES.open_time[:100], ones, ones, ones, ones, ones * 0)
    assert np.isfinite(compute_features(flat).values).all()


def test_other_numbers_need_another_features_version() -> None:
    """When this fails on purpose, raise `FEATURES_VERSION` and write the new figures here."""
    newest = compute_features(SERIES).values[-1].tolist()
    assert feature_hash() == "d8f8f60a52eb4f75"
    assert newest == pytest.approx(
        [-0.506, -1.552, -1.055, -2.069, -0.606, 0.071, -2.167, -0.91, 0.045, 0.045, 0.556, 0.473, 0.881],
        abs=1e-3,
    )
