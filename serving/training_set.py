"""Windows and targets from bars, and their split in time.

A sample belongs to the bar at whose close the forecast is made. Its target is the simple return
from that close to the close `HORIZON_BARS` later, so neighbouring targets overlap: a purge gap of
`HORIZON_BARS` samples keeps a part's targets out of the next part's bars.
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from serving.errors import NotEnoughHistory
from serving.features import LOOKBACK, FeatureArray, compute_features
from serving.series import BAR_NS, BarSeries, FloatArray, IntArray, contiguous_runs, fill_short_gaps

HORIZON_BARS = 15
HORIZON_S = HORIZON_BARS * 60
TRAIN_SHARE = 0.6
VALIDATION_SHARE = 0.2
SAMPLES_MIN = 500
"""Fewer samples than this are no base for a split in three."""


class TrainingSet(NamedTuple):
    """Samples of one instrument, oldest first.

    `windows` has shape (sample, window, feature), float32; `volatility` is what the trailing
    per-minute volatility makes of the horizon (standard deviation of the return), `target` the
    simple return; both float64 with shape (sample,). `close_time` is when the forecast could be
    made: nanoseconds UTC.
    """

    close_time: IntArray
    windows: FeatureArray
    volatility: FloatArray
    target: FloatArray

    def part(self, start: int, stop: int) -> "TrainingSet":
        """Return samples start (inclusive) to stop (exclusive), by position."""
        at = slice(start, stop)
        return TrainingSet(self.close_time[at], self.windows[at], self.volatility[at], self.target[at])


class Split(NamedTuple):
    """Three parts of a training set in order of time, with purge gaps between them."""

    train: TrainingSet
    validation: TrainingSet
    test: TrainingSet


def horizon_volatility(volatility: FloatArray) -> FloatArray:
    """Scale a per-minute volatility to the forecast's horizon."""
    scaled: FloatArray = volatility * HORIZON_BARS**0.5
    return scaled


def bars_needed(window: int) -> int:
    """Return how many consecutive bars one forecast with `window` feature rows is made from."""
    return LOOKBACK + window


def build_training_set(series: BarSeries, window: int) -> TrainingSet:
    """Make every sample that a series gives; none spans a hole.

    Raises:
        NotEnoughHistory: fewer than `SAMPLES_MIN` samples.
    """
    runs = contiguous_runs(fill_short_gaps(series))
    usable = [run for run in runs if run.open_time.size >= bars_needed(window) + HORIZON_BARS]
    parts = [_samples_of(run, window) for run in usable]
    samples = sum(part.target.size for part in parts)
    if samples < SAMPLES_MIN:
        raise NotEnoughHistory(
            f"{series.open_time.size} one-minute bars give {samples} samples, at least {SAMPLES_MIN} are "
            "needed; fetch more history"
        )
    if len(parts) == 1:
        return parts[0]
    return TrainingSet(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def split_in_time(samples: TrainingSet) -> Split:
    """Cut into training, validation and test parts, `HORIZON_BARS` samples left out between them."""
    count = samples.target.size
    train_end = int(count * TRAIN_SHARE)
    validation_end = int(count * (TRAIN_SHARE + VALIDATION_SHARE))
    return Split(
        samples.part(0, train_end - HORIZON_BARS),
        samples.part(train_end, validation_end - HORIZON_BARS),
        samples.part(validation_end, count),
    )


def _samples_of(run: BarSeries, window: int) -> TrainingSet:
    table = compute_features(run)
    # Axis order of the view is (row, feature, window).
    windows = sliding_window_view(table.values, window, axis=0).transpose(0, 2, 1)[:-HORIZON_BARS]
    at = slice(window - 1, -HORIZON_BARS)
    target = table.close[window - 1 + HORIZON_BARS :] / table.close[at] - 1.0
    return TrainingSet(
        table.open_time[at] + BAR_NS, windows, horizon_volatility(table.volatility[at]), target
    )
