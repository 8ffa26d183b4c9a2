"""One self-contained page about a backtest: opens offline, nothing is loaded from anywhere."""

import json
from collections.abc import Mapping
from html import escape
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

import msgspec
import pandas as pd

from trading.backtesting.analysis import Chance, EquityCurve, Performance, equity_curve, hold_curve, measure
from trading.backtesting.analysis.trade_table import trade_table
from trading.backtesting.data.files.whole_file import write_content
from trading.backtesting.report import sections
from trading.backtesting.report.chart_data import chart_data
from trading.backtesting.report.curves import Line, chart, legend
from trading.backtesting.report.numbers import moment, money
from trading.backtesting.result import BacktestResult

ONE_TRIAL = Chance()


def write_report(
    result: BacktestResult,
    candles: Mapping[str, pd.DataFrame],
    path: Path,
    *,
    chance: Chance = ONE_TRIAL,
) -> None:
    """Write the report of a backtest; `candles` by pair, of the result's range at least.

    The file is there whole or not at all.

    Raises:
        NotWritten: the place can't be written.
    """
    write_content(path, report_page(result, candles, chance=chance).encode())


def report_page(
    result: BacktestResult, candles: Mapping[str, pd.DataFrame], *, chance: Chance = ONE_TRIAL
) -> str:
    """Return the report as HTML."""
    trades = trade_table(result.trades)
    found = measure(
        trades,
        starting_balance=result.starting_balance,
        start=result.start,
        end=result.stop,
        final_balance=result.final_balance,
        candles=candles,
        chance=chance,
    )
    currency = result.terms.stake_currency
    own, hold = _curves(result, trades, candles)
    first, last = pd.Timestamp(result.start).value, pd.Timestamp(result.stop).value
    data = chart_data(candles, trades, first=first, last=last)
    values = {
        "title": escape(f"{result.strategy}: backtest"),
        "style": _asset("style.css"),
        "script": _asset("chart.js"),
        "name": escape(result.strategy),
        "about": escape(_about(result)),
        "tiles": sections.tiles(found, currency),
        "equity": _equity(own, hold),
        "drawdown": _drawdown(own),
        "months": sections.month_table(found.months),
        "currency": escape(currency),
        "provenance": sections.definition_list(_provenance(result, found)),
        "definitions": "<ul>"
        + "".join(f"<li>{escape(text)}</li>" for text in sections.DEFINITIONS)
        + "</ul>",
        "version": escape(_version()),
        # `<` would end the element early; JSON allows it to be written otherwise.
        "data": json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"),
    }
    return Template(_asset("page.html")).substitute(values | _tables(found, currency))


def _tables(found: Performance, currency: str) -> dict[str, str]:
    return {
        "risk": sections.risk_table(found),
        "luck": sections.luck_table(found),
        "trading": sections.trading_table(found, currency),
        "freqtrade": sections.freqtrade_table(found, currency),
        "pairs": sections.group_table("Pair", found.per_pair, currency),
        "tags": sections.group_table("Tag", found.per_enter_tag, currency),
        "reasons": sections.group_table("Reason", found.per_exit_reason, currency),
    }


def _curves(
    result: BacktestResult, trades: pd.DataFrame, candles: Mapping[str, pd.DataFrame]
) -> tuple[EquityCurve, EquityCurve]:
    span: dict[str, Any] = {
        "starting_balance": result.starting_balance,
        "start": result.start,
        "end": result.stop,
    }
    fee = float(trades["fee_open"].mean()) if len(trades) else 0.0
    return equity_curve(trades, candles=candles, **span), hold_curve(candles, fee=fee, **span)


def _equity(own: EquityCurve, hold: EquityCurve) -> str:
    lines = [
        Line(name, style, curve.times, curve.equity / curve.starting_balance - 1)
        for name, style, curve in (("Buy and hold", "hold", hold), ("Strategy", "own", own))
        if len(curve.times)
    ]
    return legend(lines[::-1]) + chart(lines, label="Return of the strategy and of buy and hold over time")


def _drawdown(own: EquityCurve) -> str:
    fall = Line("Drawdown", "fall", own.times, own.drawdown())
    return chart([fall], label="Fall of the account from its peak over time", filled=True)


def _about(result: BacktestResult) -> str:
    pairs = ", ".join(result.pairs[:4]) + (
        f" and {len(result.pairs) - 4} more" if len(result.pairs) > 4 else ""
    )
    return f"{pairs} · {result.timeframe} · {moment(result.start)} to {moment(result.stop)}"


def _provenance(result: BacktestResult, found: Performance) -> list[tuple[str, str]]:
    currency = result.terms.stake_currency
    rows = [
        ("Strategy", result.strategy),
        ("Pairs", ", ".join(result.pairs)),
        ("Candles", f"{result.candles:,} of {result.timeframe}"),
        (
            "Range",
            f"{moment(result.start)} to {moment(result.stop)} UTC, opens of the first and the last candle",
        ),
        ("Data (SHA-256)", result.data_hash),
        ("Balance", f"{money(result.starting_balance, currency)} to {money(result.final_balance, currency)}"),
        ("Loop", result.engine),
        ("Variants tried", str(found.deflated.trials) if found.deflated else "1"),
    ]
    terms = msgspec.structs.asdict(result.terms)
    rows += [
        (name.replace("_", " ").capitalize(), str(value))
        for name, value in terms.items()
        if value not in (None, {}, "")
    ]
    counts = msgspec.structs.asdict(result.counts)
    rows += [(name.replace("_", " ").capitalize(), f"{value:,}") for name, value in counts.items() if value]
    failed = "; ".join(
        f"{name}: {result.callback_errors[name]}, {count:,} times"
        for name, count in result.callback_failures.items()
    )
    return [*rows, ("Callbacks that raised", failed)] if failed else rows


def _asset(name: str) -> str:
    return files("trading.backtesting.report").joinpath(name).read_text(encoding="utf-8")


def _version() -> str:
    try:
        return installed_version("tidegate")
    except PackageNotFoundError:
        return ""
