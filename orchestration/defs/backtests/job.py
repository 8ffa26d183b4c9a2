"""The job that runs the backtests, from Dagster's pages or its command line."""

import dagster as dg

backtests = dg.define_asset_job(
    "backtests",
    selection=dg.AssetSelection.assets("strategy_backtest"),
    description="Backtests on the history that is there.",
)
