"""`tidegate backtest --report FILE`: the page about one result."""

from pathlib import Path

from trading.backtesting.commands.job import Job
from trading.backtesting.commands.sources import open_store
from trading.backtesting.ports import TimeRange
from trading.backtesting.report import write_report
from trading.backtesting.result import BacktestResult


def write_job_report(path: Path, job: Job, result: BacktestResult) -> None:
    """Read the result's candles again and write its page.

    Raises:
        BacktestError: the candles can't be read any more, or the place can't be written.
    """
    store = open_store(job.source, result.timeframe)
    kind = "futures" if result.terms.trading_mode == "futures" else "spot"
    span = TimeRange(int(result.start.timestamp()), int(result.stop.timestamp()))
    candles = {pair: store.candles(pair, result.timeframe, kind, span) for pair in result.pairs}
    write_report(result, candles, path)
