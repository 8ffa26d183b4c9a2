"""What each strategy would have made of the history, after fees."""

from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dagster as dg

from market.clock import NS_PER_S
from orchestration.partitions import SYMBOLS
from orchestration.platform import Platform
from runtime.settings import load


def shipped_strategies() -> list[str]:
    """Return the strategies of `trading/strategies` by file name, without importing pandas for it."""
    spec = find_spec("trading")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "strategies"
    return sorted(path.stem for path in folder.glob("*.py") if not path.name.startswith("_"))


STRATEGIES_BY_SYMBOL = dg.MultiPartitionsDefinition(
    {"strategy": dg.StaticPartitionsDefinition(shipped_strategies()), "symbol": SYMBOLS}
)


@dg.asset(partitions_def=STRATEGIES_BY_SYMBOL, group_name="backtests", deps=["bar_history"], kinds={"pandas"})
def strategy_backtest(
    context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
) -> dg.MaterializeResult[None]:
    """Run one strategy over the history of the first venue, by the trade manager that paper uses too."""
    # pandas and TA-Lib are for this step alone; the code server stays small without them.
    from orchestration.equity_plot import equity_picture  # noqa: PLC0415
    from orchestration.strategy_runs import account_terms, run_on_database  # noqa: PLC0415
    from trading.api.host.shelf import code_hash  # noqa: PLC0415
    from trading.backtesting.analysis.equity import equity_curve  # noqa: PLC0415
    from trading.backtesting.analysis.trade_table import trade_table  # noqa: PLC0415
    from trading.settings import TradingSettings  # noqa: PLC0415
    from trading.strategies import strategies  # noqa: PLC0415

    partition = context.partition_key
    assert isinstance(partition, dg.MultiPartitionKey)
    name, symbol = partition.keys_by_dimension["strategy"], partition.keys_by_dimension["symbol"]
    start, end = platform.history_span()
    since, until = (datetime.fromtimestamp(moment / NS_PER_S, UTC) for moment in (start, end))
    strategy_class = strategies()[name]
    terms = account_terms(platform.core, load(TradingSettings), symbol)
    run = run_on_database(platform.core, terms, strategy_class, since=since, until=until)
    result = run.result
    trades = trade_table(result.trades)
    curve = equity_curve(
        trades,
        starting_balance=result.starting_balance,
        start=result.start,
        end=result.stop,
        candles={symbol: run.minutes},
    )
    title = f"{name} on {symbol}: {result.timeframe}, {len(result.trades)} trades"
    picture = equity_picture(curve.equity.tolist(), starting_balance=result.starting_balance, title=title)
    return dg.MaterializeResult(
        metadata={
            "equity": dg.MetadataValue.md(picture),
            "data_hash": result.data_hash,
            "code_hash": code_hash(strategy_class),
            "venue": platform.venue,
            **_figures(run.minutes, symbol, result, trades),
        }
    )


def _figures(minutes: Any, symbol: str, result: Any, trades: Any) -> dict[str, Any]:
    """Return the figures that are defined, by name."""
    from trading.backtesting.analysis.performance import measure  # noqa: PLC0415

    found = measure(
        trades,
        starting_balance=result.starting_balance,
        start=result.start,
        end=result.stop,
        final_balance=result.final_balance,
        candles={symbol: minutes},
    )
    figures = {
        "trades": found.figures.trades,
        "win_rate": found.figures.winrate,
        "profit_factor": found.figures.profit_factor,
        "expectancy": found.figures.expectancy,
        "sqn": found.figures.sqn,
        "total_return": found.risk.total_return,
        "sharpe": found.risk.sharpe,
        "sortino": found.risk.sortino,
        "calmar": found.risk.calmar,
        "drawdown_max": found.risk.drawdown_max,
        "hold_return": found.hold.total_return if found.hold is not None else None,
        "callback_failures": sum(result.callback_failures.values()),
    }
    return {name: value for name, value in figures.items() if value is not None}
