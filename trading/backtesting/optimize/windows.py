"""Walk-forward windows: train on a stretch, trade the next one unseen, move on by that one."""

from datetime import UTC, datetime

import msgspec

from trading.backtesting.optimize.errors import BadSpace
from trading.backtesting.ports import TimeRange

DAY_S = 86_400


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch to train on and the next one to test on (None: there is no later data).

    Open times of the first and last candle, seconds UTC, inclusive; they share no candle.
    """

    number: int
    train: TimeRange
    test: TimeRange | None

    def text(self) -> str:
        """Return both stretches for people."""
        test = "no test" if self.test is None else f"test {_days(self.test)}"
        return f"train {_days(self.train)}, {test}"


def walk_forward(
    start_s: int, stop_s: int, *, timeframe_s: int, windows: int, train_ratio: float
) -> list[Window]:
    """Cut the candles from `start_s` to `stop_s` (opens, inclusive) into rolling windows.

    A train stretch is `train_ratio` times as long as a test stretch. No windows: all is trained on and
    nothing tested. The last window of all trains on the newest stretch and has no test.

    Raises:
        BadSpace: the stretches would be shorter than a day.
    """
    if windows == 0:
        return [Window(number=0, train=TimeRange(start_s, stop_s), test=None)]
    span_s = stop_s - start_s + timeframe_s
    test_s = int(span_s / (train_ratio + windows)) // timeframe_s * timeframe_s
    train_s = int(test_s * train_ratio) // timeframe_s * timeframe_s
    if min(test_s, train_s) < max(DAY_S, 10 * timeframe_s):
        raise BadSpace(
            f"{span_s / DAY_S:.1f} days are too short for {windows} windows: a test would last "
            f"{test_s / DAY_S:.2f} days; take fewer --windows or a longer --timerange"
        )
    found = []
    for number in range(windows):
        first = start_s + number * test_s
        middle = first + train_s
        end = stop_s if number == windows - 1 else middle + test_s - timeframe_s
        train, test = TimeRange(first, middle - timeframe_s), TimeRange(middle, end)
        found.append(Window(number=number + 1, train=train, test=test))
    newest = TimeRange(stop_s - train_s + timeframe_s, stop_s)
    return [*found, Window(number=windows + 1, train=newest, test=None)]


def _days(stretch: TimeRange) -> str:
    return " to ".join(
        datetime.fromtimestamp(moment or 0, tz=UTC).strftime("%Y-%m-%d %H:%M")
        for moment in (stretch.start_s, stretch.stop_s)
    )
