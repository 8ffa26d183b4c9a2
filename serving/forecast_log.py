"""Write forecasts and evaluations to their tables: one row each, never changed."""

from typing import Any

import psycopg

from market.clock import NS_PER_S
from serving.evaluation import Decision, Evaluation
from serving.forecaster import Forecast
from serving.training import Candidate

_FORECAST = """
    insert into forecasts (symbol, made_at, bar_close_time, horizon_s, predicted_return, probability_up,
        low, high, model, model_version, feature_hash)
    values (%s, to_timestamp(%s), to_timestamp(%s), %s, %s, %s, %s, %s, %s, %s, %s)
    on conflict do nothing
"""

_EVALUATION = """
    insert into model_evaluations (symbol, model, evaluated_at, trained_from, trained_to, tested_from,
        tested_to, samples, independent_samples, hit_rate, hit_rate_low, hit_rate_high, log_loss,
        baseline_log_loss, log_loss_difference_low, log_loss_difference_high, brier, baseline_brier,
        mae, baseline_mae, coverage, baseline_coverage, training_seconds, seed, data_hash, feature_hash,
        model_version, is_promotable, refused_because)
    values (%s, %s, to_timestamp(%s), to_timestamp(%s), to_timestamp(%s), to_timestamp(%s), to_timestamp(%s),
        %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def write_forecast(connection: psycopg.Connection[Any], forecast: Forecast) -> None:
    """Insert a forecast; one that is there already stays as it is."""
    connection.execute(
        _FORECAST,
        (
            forecast.symbol,
            forecast.made_at / NS_PER_S,
            forecast.bar_close_time / NS_PER_S,
            forecast.horizon_s,
            forecast.predicted_return,
            forecast.probability_up,
            forecast.low,
            forecast.high,
            forecast.model,
            forecast.model_version,
            forecast.feature_hash,
        ),
    )


def write_evaluation(
    connection: psycopg.Connection[Any],
    candidate: Candidate,
    evaluation: Evaluation,
    decision: Decision,
    evaluated_at: int,
) -> None:
    """Insert what came of a candidate; `evaluated_at` is nanoseconds UTC."""
    connection.execute(
        _EVALUATION,
        (
            candidate.symbol,
            candidate.model,
            evaluated_at / NS_PER_S,
            candidate.trained.start / NS_PER_S,
            candidate.trained.end / NS_PER_S,
            candidate.tested.start / NS_PER_S,
            candidate.tested.end / NS_PER_S,
            evaluation.samples,
            evaluation.independent_samples,
            evaluation.hit_rate,
            *evaluation.hit_rate_interval,
            evaluation.log_loss,
            evaluation.baseline_log_loss,
            *evaluation.log_loss_difference,
            evaluation.brier,
            evaluation.baseline_brier,
            evaluation.mae,
            evaluation.baseline_mae,
            evaluation.coverage,
            evaluation.baseline_coverage,
            candidate.training_seconds,
            candidate.seed,
            candidate.data_hash,
            candidate.feature_hash,
            candidate.version,
            decision.is_promotable,
            list(decision.reasons),
        ),
    )
