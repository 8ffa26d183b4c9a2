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
    position = Position(row[9], row[10], row[11], row[12], row[13], row[14], row[15] != 0, row[16], row[17])
    course = Course(row[18], row[19], row[20] != 0, row[21], row[22])
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
    row[18] = course.stop
    row[19] = course.stop_ratio
    row[20] = 1.0 if course.trailed else 0.0
    row[21] = course.rate_max
    row[22] = course.rate_min
    row[23] = found
    return index
