"""Time ranges are written as freqtrade's users write them."""

import pytest

from trading.backtesting.data.time_range import parse_time_range, range_text
from trading.backtesting.errors import BadTimeRange
from trading.backtesting.ports import TimeRange

DAY_S = 1_704_067_200  # 2024-01-01


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, TimeRange()),
        ("20240101-20240102", TimeRange(DAY_S, DAY_S + 86_400)),
        ("20240101-", TimeRange(DAY_S, None)),
        ("-20240101", TimeRange(None, DAY_S)),
        ("20240101T0005-20240101T010203", TimeRange(DAY_S + 300, DAY_S + 3723)),
        ("1704067200-1704153600", TimeRange(DAY_S, DAY_S + 86_400)),
        ("1704067200123-", TimeRange(DAY_S, None)),
        ("20240101-20240101", TimeRange(DAY_S, DAY_S)),
    ],
)
def test_a_range_has_open_ends_and_three_notations(text: str | None, expected: TimeRange) -> None:
    assert parse_time_range(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("20240101", "'20240101' is not a time range; write 20240101-20240201"),
        ("-", "is not a time range"),
        ("2024-01-01", "is not a time range"),
        ("january-", "'january' in the time range 'january-' is not a time"),
        ("20240231-", "there is no such day or time as 20240231, in the time range 20240231-"),
        ("20240201-20240101", "the time range 20240201-20240101 ends before it starts"),
    ],
)
def test_another_notation_is_explained(text: str, said: str) -> None:
    with pytest.raises(BadTimeRange, match=said):
        parse_time_range(text)


def test_a_range_is_told_in_words() -> None:
    assert range_text(TimeRange(DAY_S, None)) == "2024-01-01 00:00 to the end of the data"
    assert range_text(TimeRange(None, DAY_S + 5)) == "the start of the data to 2024-01-01 00:00:05"
