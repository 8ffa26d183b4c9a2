"""Samples, holes, targets and the split in time."""

import numpy as np
import pytest

from serving.errors import NotEnoughHistory
from serving.features import LOOKBACK
from serving.series import BAR_NS, contiguous_runs, data_hash, fill_short_gaps
from serving.training_set import HORIZON_BARS, build_training_set, split_in_time
from tests.serving.builders import random_walk, without

WINDOW = 48


def test_a_target_is_the_return_over_the_horizon() -> None:
    series = random_walk(1000)
    samples = build_training_set(series, WINDOW)
    first = LOOKBACK + WINDOW - 1
    assert samples.close_time[0] == series.open_time[first] + BAR_NS
    assert samples.target[0] == pytest.approx(series.close[first + HORIZON_BARS] / series.close[first] - 1)
    assert samples.target.size == 1000 - first - HORIZON_BARS


def test_the_parts_of_a_split_share_no_bar_of_a_target() -> None:
    split = split_in_time(build_training_set(random_walk(3000), WINDOW))
    for earlier, later in [(split.train, split.validation), (split.validation, split.test)]:
        assert earlier.close_time[-1] + HORIZON_BARS * BAR_NS < later.close_time[0]


def test_no_sample_spans_a_hole() -> None:
    whole, cut = random_walk(2000), without(random_walk(2000), 1000, 1010)
    times = set(build_training_set(cut, WINDOW).close_time.tolist())
    lost = set(build_training_set(whole, WINDOW).close_time.tolist()) - times
    assert len(lost) == HORIZON_BARS + 10 + LOOKBACK + WINDOW - 1
    assert min(lost) == whole.open_time[1000 - HORIZON_BARS] + BAR_NS


def test_a_short_gap_is_filled_with_flat_bars_and_a_long_one_is_not() -> None:
    series = random_walk(100)
    filled = fill_short_gaps(without(without(series, 60, 70), 20, 22))
    assert np.array_equal(filled.open_time, without(series, 60, 70).open_time)
    assert filled.close[20] == filled.open[21] == filled.high[20] == series.close[19]
    assert filled.volume[20] == filled.volume[21] == 0
    assert [run.open_time.size for run in contiguous_runs(filled)] == [60, 30]


def test_a_whole_series_passes_the_filling_untouched() -> None:
    series = random_walk(50)
    assert fill_short_gaps(series) is series
    assert contiguous_runs(series.between(0, 0)) == []


def test_too_little_history_says_how_much_is_needed() -> None:
    with pytest.raises(NotEnoughHistory, match="at least 500 are needed"):
        build_training_set(random_walk(400), WINDOW)


def test_the_data_hash_tells_one_changed_price() -> None:
    series = random_walk(100)
    before = data_hash(series)
    series.close[50] += 0.01
    assert before != data_hash(series)
    assert before == data_hash(random_walk(100))
