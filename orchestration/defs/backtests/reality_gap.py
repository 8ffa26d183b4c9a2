"""How far paper was from a backtest of the same bars, every night, and why."""

from datetime import date, timedelta
from typing import Any

import dagster as dg

from orchestration.platform import Platform
from runtime.settings import load

DAYS = dg.DailyPartitionsDefinition(start_date="2026-01-01", timezone="UTC")
ROWS_SHOWN_MAX = 200


@dg.asset(partitions_def=DAYS, group_name="reality", kinds={"pandas"})
def reality_gap(
    context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
) -> dg.MaterializeResult[None]:
    """List each difference between the day's paper trades and a backtest of its bars, with its cause.

    Every strategy with a book is compared on every symbol; rows go to `reality_checks` and
    `reality_gaps`.
    """
    # pandas and TA-Lib are for this step alone; the code server stays small without them.
    from orchestration.paper_trades import strategies_on_paper  # noqa: PLC0415
    from orchestration.reality_check import check_reality  # noqa: PLC0415
    from trading.api.host.roster import load_roster  # noqa: PLC0415
    from trading.settings import TradingSettings  # noqa: PLC0415

    day = date.fromisoformat(context.partition_key)
    trading = load(TradingSettings)
    roster = load_roster(trading.strategies, platform.core.data_dir)
    with platform.connect() as connection:
        names = strategies_on_paper(connection)
        checks = [
            check_reality(platform, connection, trading, roster, name=name, symbol=symbol, day=day)
            for name in names
            if name in roster
            for symbol in platform.core.symbols
        ]
    absent = [name for name in names if name not in roster]
    return dg.MaterializeResult(metadata=_metadata(checks, absent))


reality_check = dg.define_asset_job(
    "reality_check",
    selection=dg.AssetSelection.assets("reality_gap"),
    description="Yesterday's paper trades beside a backtest of the same bars.",
)


@dg.schedule(
    cron_schedule="35 0 * * *",
    execution_timezone="UTC",
    job=reality_check,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly_reality_check(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Compare yesterday, half an hour after midnight UTC: by then its last bars are there."""
    day = (context.scheduled_execution_time.date() - timedelta(days=1)).isoformat()
    return dg.RunRequest(run_key=f"reality-{day}", partition_key=day)


def _metadata(checks: list[Any], absent: list[str]) -> dict[str, Any]:
    gaps = [(check, gap) for check in checks for gap in check.gaps]
    records = [
        dg.TableRecord(
            {
                "strategy": check.strategy,
                "symbol": check.symbol,
                "opened at": gap.opened_at.isoformat(),
                "field": gap.field,
                "cause": gap.cause.value,
                "paper": gap.paper or "",
                "backtest": gap.backtest or "",
                "detail": gap.detail,
            }
        )
        for check, gap in gaps[:ROWS_SHOWN_MAX]
    ]
    causes = {f"cause_{cause}": 0 for cause in ("price", "timing", "fill", "data_revision", "code")}
    for check in checks:
        for cause, count in check.causes.items():
            causes[f"cause_{cause}"] += count
    columns = ("strategy", "symbol", "opened at", "field", "cause", "paper", "backtest", "detail")
    schema = dg.TableSchema(columns=[dg.TableColumn(name, "string") for name in columns])
    return {
        "paper_trades": sum(check.paper for check in checks),
        "backtest_trades": sum(check.backtest for check in checks),
        "differences": len(gaps),
        **causes,
        "table": dg.MetadataValue.table(records, schema=schema),
        "not_compared": dg.MetadataValue.json(
            {
                **{f"{check.strategy} {check.symbol}": check.skipped for check in checks if check.skipped},
                **dict.fromkeys(absent, "it does not run any more"),
            }
        ),
    }
