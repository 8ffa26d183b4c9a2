"""An examination as text for a terminal."""

from collections.abc import Iterable, Sequence

from trading.backtesting.lookahead.findings import ColumnFinding, Examination, RunFailure, StartFinding

ROWS_SHOWN_MAX = 30


def text_of(found: Examination) -> str:
    """Return the verdict, what it rests on, and the remarks."""
    lines = [
        f"{found.strategy} on {found.pair} {found.timeframe}: {verdict(found)}",
        f"  compared {found.columns} columns of {found.prefixes} truncated runs, {_span(found)},",
        f"  with one run on {found.candles_whole_run} candles",
    ]
    if found.reads_future:
        lines += ["", "  These columns change when later candles are added:", *_columns(found.reads_future)]
        lines.append(f"  Look first at {found.reads_future[0].column}: the others may follow from it.")
    if broken := [failure for failure in found.failures if not failure.is_too_short]:
        lines += ["", "  The strategy raised on truncated candles:", *map(_failure, broken)]
    lines += _remarks(found)
    return "\n".join(lines) + "\n"


def verdict(found: Examination) -> str:
    """Return the verdict in a few words."""
    if found.reads_future:
        return f"READS THE FUTURE in {_counted(found.reads_future)}"
    return "no look-ahead found" if found.is_clean else "COULD NOT BE EXAMINED on every prefix"


def _span(found: Examination) -> str:
    return f"{found.first_candle[:16]} to {found.last_candle[:16]}"


def _counted(findings: Sequence[ColumnFinding]) -> str:
    signals = sum(finding.kind == "signal" for finding in findings)
    indicators = sum(finding.kind == "indicator" for finding in findings)
    return f"{_plural(indicators, 'indicator')} and {_plural(signals, 'signal')}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _remarks(found: Examination) -> list[str]:
    lines: list[str] = []
    if found.reads_future_in_warm_up:
        lines += ["", "  Only in start-up candles, which are never traded, these change:"]
        lines += _columns(found.reads_future_in_warm_up)
    if found.start_dependent:
        lines += [
            "",
            f"  With only {found.settled_candles} candles before them these come out otherwise. That is no",
        ]
        lines += ["  look-ahead, but live trading starts so; a larger startup_candle_count helps:"]
        lines += _starts(found.start_dependent)
    lines += [
        f"  {name} has no value after {found.startup_candles} candles: "
        + ("it never has one" if needed is None else f"it needs {needed}; raise startup_candle_count")
        for name, needed in found.undefined.items()
    ]
    if found.not_deterministic:
        names = ", ".join(found.not_deterministic)
        lines.append(f"  Two equal runs differ in {names}: left out of the comparison.")
    return lines + _too_short(found)


def _too_short(found: Examination) -> list[str]:
    short = [failure for failure in found.failures if failure.is_too_short]
    if not short:
        return []
    longest = max(max(failure.prefixes) for failure in short)
    more = f" (startup_candle_count is {found.startup_candles})" if longest > found.startup_candles else ""
    return [f"  With {longest} candles or fewer it raises{more}: {short[-1].message}"]


def _columns(findings: Sequence[ColumnFinding]) -> list[str]:
    rows = [("column", "first candle", "known then", "with what followed", "candles", "changes for")]
    for finding in findings[:ROWS_SHOWN_MAX]:
        reach = _plural(finding.reach, "candle") if finding.reach else "3 candles or more"
        share = f"{finding.candles}/{finding.checked}"
        rows.append(
            (finding.column, finding.date[:16], _cell(finding.known), _cell(finding.later), share, reach)
        )
    return [*_aligned(rows), *_left_out(findings)]


def _starts(findings: Sequence[StartFinding]) -> list[str]:
    rows = [("column", "candle", "short history", "long history", "difference")]
    for finding in findings[:ROWS_SHOWN_MAX]:
        size = "" if finding.deviation is None else f"{finding.deviation:.2%}"
        rows.append((finding.column, finding.date[:16], _cell(finding.short), _cell(finding.long), size))
    return [*_aligned(rows), *_left_out(findings)]


def _left_out(findings: Sequence[object]) -> list[str]:
    more = len(findings) - ROWS_SHOWN_MAX
    return [f"    and {more} more; --export FILE writes all of them"] if more > 0 else []


def _failure(failure: RunFailure) -> str:
    which = ", ".join(map(str, failure.prefixes[:6])) + (" …" if len(failure.prefixes) > 6 else "")
    return f"    on the first {which} candles: {failure.message}"


def _cell(value: object) -> str:
    if value is None:
        return "no value"
    return f"{value:.8g}" if isinstance(value, float) else (str(value) or "''")


def _aligned(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "    " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
