"""Our figures by freqtrade's definitions against what freqtrade 2026.9 itself printed."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from trading.backtesting.analysis import BadTrades, trade_table_of_records
from trading.backtesting.analysis.freqtrade_figures import (
    FreqtradeFigures,
    booked_drawdown,
    freqtrade_figures,
)
from trading.backtesting.analysis.tables import grouped

RESULT = json.loads(Path(__file__).with_name("freqtrade_result.json").read_text())
START = datetime.fromtimestamp(RESULT["figures"]["backtest_start_ts"] / 1000, tz=UTC)
END = datetime.fromtimestamp(RESULT["figures"]["backtest_end_ts"] / 1000, tz=UTC)
SAME_NAMES = (
    "profit_total",
    "profit_total_abs",
    "profit_mean",
    "winrate",
    "profit_factor",
    "expectancy",
    "expectancy_ratio",
    "sqn",
    "sharpe",
    "sortino",
    "calmar",
    "cagr",
    "max_drawdown_abs",
    "max_drawdown_account",
    "max_relative_drawdown",
    "drawdown_duration_s",
)


def their_trades() -> pd.DataFrame:
    return trade_table_of_records(
        [dict(zip(RESULT["columns"], row, strict=True)) for row in RESULT["trades"]]
    )


def figures_of(trades: pd.DataFrame) -> FreqtradeFigures:
    return freqtrade_figures(
        trades,
        starting_balance=RESULT["figures"]["starting_balance"],
        final_balance=RESULT["figures"]["final_balance"],
        start=START,
        end=END,
    )


@pytest.mark.parametrize("name", SAME_NAMES)
def test_every_figure_equals_that_of_freqtrade(name: str) -> None:
    assert getattr(figures_of(their_trades()), name) == RESULT["figures"][name]


@pytest.mark.parametrize("theirs", RESULT["per_pair"][:-1], ids=lambda row: row["key"])
def test_a_row_per_pair_equals_that_of_freqtrade(theirs: dict[str, float]) -> None:
    rows = {row.key: row for row in grouped(their_trades(), "pair", 1000.0)}
    ours = rows[str(theirs["key"])]
    assert (ours.trades, ours.wins, ours.losses) == (theirs["trades"], theirs["wins"], theirs["losses"])
    assert ours.profit_abs == theirs["profit_total_abs"]
    assert ours.profit_factor == theirs["profit_factor"]
    assert ours.drawdown_abs == theirs["max_drawdown_abs"]
    assert ours.profit_mean == pytest.approx(theirs["profit_mean"], rel=1e-13)


def test_no_trades_are_zeros_as_in_freqtrade() -> None:
    empty = figures_of(their_trades().iloc[:0])
    assert (empty.trades, empty.sharpe, empty.sortino, empty.calmar, empty.sqn) == (0, 0, 0, 0, 0)
    assert (empty.profit_factor, empty.expectancy, empty.expectancy_ratio) == (0, 0, 100)


def test_a_ratio_without_a_divisor_is_minus_a_hundred_as_in_freqtrade() -> None:
    one = their_trades().query("profit_abs > 0").iloc[:1]
    figures = figures_of(one)
    assert (figures.sharpe, figures.sortino, figures.calmar, figures.sqn) == (-100, -100, -100, -100)


def test_a_first_loss_is_a_drawdown_from_the_starting_balance() -> None:
    trades = their_trades().iloc[:1].assign(profit_abs=-100.0)
    drawdown = booked_drawdown(trades, 1000.0)
    assert (drawdown.absolute, drawdown.account, drawdown.duration_s) == (100.0, 0.1, 0.0)


def test_an_export_that_lacks_a_field_is_refused_by_name() -> None:
    with pytest.raises(BadTrades, match="trade 0 of the export lacks profit_ratio"):
        trade_table_of_records(
            [{name: 1 for name in RESULT["columns"] if name != "profit_ratio"}],
        )
