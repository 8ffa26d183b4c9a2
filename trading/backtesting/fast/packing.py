"""The scan's arguments as one row of floats: what crosses from Python to machine code and back.

The order of `SETTINGS`, `POSITION` and `COURSE` is that of the named tuples' fields; truths are 0 and 1.
"""

from typing import Any

from trading.backtesting.fast.kernels import Course, ExitRules, Position, scan

SETTINGS = 0
POSITION = SETTINGS + len(ExitRules._fields)
COURSE = POSITION + len(Position._fields)
FOUND = COURSE + len(Course._fields)
LENGTH = FOUND + 1


def entry(  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917 - typed by the compiler
    opens: Any,
    highs: Any,
    lows: Any,
    enters: Any,
    leaves: Any,
    targets_from: Any,
    targets: Any,
    row: Any,
    target_count: int,
    first: int,
    last: int,
):
    """Scan; leave the course and what was found in `row`, and return where."""
    settings = ExitRules(
        row[0] != 0, row[1] != 0, row[2], row[3] != 0, row[4], row[5], row[6], row[7] != 0, row[8] != 0
    )
    position = Position(row[9], row[10], row[11], row[12], row[13] != 0, row[14], row[15])
    course = Course(row[16], row[17], row[18] != 0, row[19], row[20])
    index, found, course = scan(
        opens,
        highs,
        lows,
        enters,
        leaves,
        targets_from,
        targets,
        target_count,
        first,
        last,
        course,
        settings,
        position,
    )
    row[16] = course.stop
    row[17] = course.stop_ratio
    row[18] = 1.0 if course.trailed else 0.0
    row[19] = course.rate_max
    row[20] = course.rate_min
    row[21] = found
    return index
