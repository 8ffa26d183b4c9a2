"""Nothing is trained or tested on bars that do not meet the suite `bars`."""

import dagster as dg

from orchestration.expectations import Finding, bars_frame, validate
from orchestration.partitions import SYMBOLS
from orchestration.platform import Platform
from serving.bar_store import read_span


@dg.asset_check(asset="bar_history", blocking=True, partitions_def=SYMBOLS)
def bars_are_sound(
    context: dg.AssetCheckExecutionContext, platform: dg.ResourceParam[Platform]
) -> dg.AssetCheckResult:
    """Validate the history with Great Expectations; a critical finding stops everything downstream."""
    start, end = platform.history_span()
    with platform.connect() as connection:
        series = read_span(connection, context.partition_key, platform.venue, start, end)
    findings = validate(bars_frame(series), "bars")
    is_critical = any(finding.severity == "critical" for finding in findings)
    return dg.AssetCheckResult(
        passed=not findings,
        severity=dg.AssetCheckSeverity.ERROR if is_critical else dg.AssetCheckSeverity.WARN,
        description="; ".join(f"{found.column}: {found.expectation}" for found in findings[:3]) or None,
        metadata={"bars": int(series.open_time.size), "findings": _table(findings)},
    )


def _table(findings: list[Finding]) -> dg.TableMetadataValue:
    columns = [dg.TableColumn(name, "string") for name in Finding._fields]
    records = [dg.TableRecord(finding._asdict()) for finding in findings]
    return dg.MetadataValue.table(records, dg.TableSchema(columns))
