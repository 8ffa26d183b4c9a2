"""The first training starts by itself, once; the daily one covers every symbol."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg
import pytest
from pydantic import SecretStr

from orchestration.definitions import defs
from orchestration.defs.training.triggers import ATTEMPTS_PER_HOUR_MAX, daily_retraining, first_training
from orchestration.partitions import SYMBOLS
from orchestration.platform import Platform

EVALUATED = """
    insert into model_evaluations overriding system value
    select 1, %s, 'lstm', now(), now(), now(), now(), now(), 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        7, 'data', 'features', 'lstm-btc-usdt:1', true, '{}'
"""


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def requests_of(platform: Platform, instance: dg.DagsterInstance) -> list[str]:
    context = dg.build_sensor_context(instance=instance, resources={"platform": platform}, definitions=defs)
    ticked = first_training.evaluate_tick(context)
    return [str(request.partition_key) for request in ticked.run_requests or []]


def test_each_symbol_that_was_never_evaluated_is_trained(
    platform: Platform, instance: dg.DagsterInstance
) -> None:
    assert requests_of(platform, instance) == SYMBOLS.get_partition_keys()


def test_an_evaluated_symbol_is_left_alone(platform: Platform, instance: dg.DagsterInstance) -> None:
    with platform.connect() as connection:
        connection.execute(EVALUATED, ("BTC/USDT",))
    assert requests_of(platform, instance) == ["ETH/USDT"]


def test_a_symbol_whose_run_is_under_way_is_left_alone(
    platform: Platform, instance: dg.DagsterInstance
) -> None:
    add_run(instance, "BTC/USDT", dg.DagsterRunStatus.STARTED)
    assert requests_of(platform, instance) == ["ETH/USDT"]


def test_attempts_are_bounded(platform: Platform, instance: dg.DagsterInstance) -> None:
    for _ in range(ATTEMPTS_PER_HOUR_MAX - 1):
        add_run(instance, "BTC/USDT", dg.DagsterRunStatus.FAILURE)
    assert requests_of(platform, instance) == SYMBOLS.get_partition_keys()
    add_run(instance, "BTC/USDT", dg.DagsterRunStatus.FAILURE)
    assert requests_of(platform, instance) == ["ETH/USDT"]


def test_a_database_that_does_not_answer_skips_the_tick(
    platform: Platform, instance: dg.DagsterInstance
) -> None:
    nowhere = SecretStr("postgresql://nobody:x@127.0.0.1:1/none")
    lost = Platform(platform.core.model_copy(update={"database_url": nowhere}), platform.own, platform.clock)
    assert requests_of(lost, instance) == []


def test_every_day_trains_every_symbol() -> None:
    midnight = datetime(2026, 11, 22, 0, 5, tzinfo=UTC)
    repository = defs.get_repository_def()
    with dg.build_schedule_context(scheduled_execution_time=midnight, repository_def=repository) as context:
        ticked = daily_retraining.evaluate_tick(context)
    assert [request.partition_key for request in ticked.run_requests or []] == SYMBOLS.get_partition_keys()
    assert first_training.default_status == dg.DefaultSensorStatus.RUNNING
    assert daily_retraining.default_status == dg.DefaultScheduleStatus.RUNNING


def add_run(instance: dg.DagsterInstance, symbol: str, status: dg.DagsterRunStatus) -> None:
    """Put a run of the retraining into the instance."""
    job = defs.resolve_job_def("retraining")
    instance.create_run_for_job(job, status=status, tags={"dagster/partition": symbol})
