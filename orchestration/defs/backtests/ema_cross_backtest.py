"""What the EMA cross would have made of the history, after fees."""

from datetime import UTC, datetime

import dagster as dg

from market.clock import NS_PER_S
from orchestration.partitions import SYMBOLS
from orchestration.platform import Platform
from serving.bar_store import read_span
from serving.series import data_hash

STRATEGY = "ema_cross"


@dg.asset(partitions_def=SYMBOLS, group_name="backtests", deps=["bar_history"], kinds={"pandas"})
def ema_cross_backtest(
    context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
) -> dg.MaterializeResult[None]:
    """Run the strategy over the history of the first venue, by the live host's own decisions."""
    # pandas and TA-Lib are for this step alone; the code server stays small without them.
    from trading.backtesting.data.joining import join_candles  # noqa: PLC0415
    from trading.backtesting.database import candles_from_database  # noqa: PLC0415
    from trading.backtesting.loop import run_backtest  # noqa: PLC0415
    from trading.strategies import strategies  # noqa: PLC0415

    symbol, venue = context.partition_key, platform.venue
    start, end = platform.history_span()
    since, until = (datetime.fromtimestamp(moment / NS_PER_S, UTC) for moment in (start, end))
    candles = candles_from_database(platform.core, venue=venue, symbol=symbol, since=since, until=until)
    with platform.connect() as connection:
        bars_hash = data_hash(read_span(connection, symbol, venue, start, end))
    strategy = strategies()[STRATEGY]()
    result = run_backtest(strategy, join_candles(candles, strategy.timeframe), symbol=symbol, name=STRATEGY)
    figures = {name: value for name, value in result.summary().items() if value is not None}
    return dg.MaterializeResult(metadata={"data_hash": bars_hash, **figures})
