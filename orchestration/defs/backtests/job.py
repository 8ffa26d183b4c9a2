"""The job that runs the backtests, from Dagster's pages or its command line."""

import dagster as dg

from orchestration.partitions import SYMBOLS

backtests = dg.define_asset_job(
    "backtests",
    selection=dg.AssetSelection.groups("backtests"),
    partitions_def=SYMBOLS,
    description="Backtests on the history that is there.",
)
