"""When models are trained: once as soon as the system is new, then every day."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from market.clock import NS_PER_S
from orchestration.partitions import SYMBOLS
from orchestration.platform import Platform
from runtime.errors import Transient
from runtime.postgres import Connection

ATTEMPTS_PER_HOUR_MAX = 5
ATTEMPT_EVERY_S = 120
PARTITION_TAG = "dagster/partition"
UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]

retraining = dg.define_asset_job(
    "retraining",
    selection=dg.AssetSelection.assets("champion_model").upstream(),
    description="History, checks, training, evaluation and promotion of one symbol.",
)


@dg.schedule(
    cron_schedule="5 0 * * *",
    execution_timezone="UTC",
    job=retraining,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def daily_retraining(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """Train every symbol's models anew, five minutes after midnight UTC."""
    day = context.scheduled_execution_time.date().isoformat()
    for symbol in SYMBOLS.get_partition_keys():
        yield dg.RunRequest(run_key=f"daily-{symbol}-{day}", partition_key=symbol)


@dg.sensor(
    job=retraining,
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def first_training(
    context: dg.SensorEvaluationContext, platform: dg.ResourceParam[Platform]
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Train each symbol that was never evaluated, so that a new system has models within minutes.

    A run that fails is tried again after two minutes, at most five times an hour.
    """
    try:
        with platform.connect() as connection:
            symbols = [key for key in SYMBOLS.get_partition_keys() if not _is_evaluated(connection, key)]
    except Transient as error:
        yield dg.SkipReason(str(error))
        return
    requests = [request for symbol in symbols if (request := _request(context, platform, symbol))]
    yield from requests
    if not requests:
        yield dg.SkipReason("every symbol has been evaluated" if not symbols else "an attempt is under way")


def _request(context: dg.SensorEvaluationContext, platform: Platform, symbol: str) -> dg.RunRequest | None:
    """Return the request for a symbol's next attempt, unless one runs or too many have failed."""
    tags = {PARTITION_TAG: symbol}
    unfinished = dg.RunsFilter(job_name=retraining.name, tags=tags, statuses=UNFINISHED)
    if context.instance.get_runs_count(unfinished):
        return None
    hour_ago = datetime.fromtimestamp(platform.clock.now_ns() / NS_PER_S - 3600, UTC)
    recent = dg.RunsFilter(job_name=retraining.name, tags=tags, created_after=hour_ago)
    if context.instance.get_runs_count(recent) >= ATTEMPTS_PER_HOUR_MAX:
        return None
    slot = platform.clock.now_ns() // NS_PER_S // ATTEMPT_EVERY_S
    return dg.RunRequest(run_key=f"first-training-{symbol}-{slot}", partition_key=symbol)


def _is_evaluated(connection: Connection, symbol: str) -> bool:
    row = connection.execute(
        "select exists (select from model_evaluations where symbol = %s)", (symbol,)
    ).fetchone()
    return bool(row and row[0])
