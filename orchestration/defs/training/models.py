"""Training set, candidates and their evaluation, for each symbol and every declared model."""

import dagster as dg

from market.clock import NS_PER_S
from orchestration.partitions import SYMBOLS
from orchestration.platform import Platform, Verdict
from serving.bar_store import read_span
from serving.catalogue import challengers
from serving.evaluation import decide
from serving.features import feature_hash
from serving.forecast_log import write_evaluation
from serving.model_store import champion
from serving.series import BarSeries, data_hash
from serving.training import Candidate, evaluate_candidate, evaluate_content, train_candidate
from serving.training_set import HORIZON_S


@dg.asset(partitions_def=SYMBOLS, group_name="training", deps=["bar_history"], kinds={"numpy"})
def training_set(
    context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
) -> dg.MaterializeResult[None]:
    """Freeze the checked bars that models are trained and judged on."""
    symbol = context.partition_key
    start, end = platform.history_span()
    with platform.connect() as connection:
        series = read_span(connection, symbol, platform.venue, start, end)
    platform.save_series(symbol, series)
    return dg.MaterializeResult(
        metadata={
            "bars": int(series.open_time.size),
            "data_hash": data_hash(series),
            "feature_hash": feature_hash(),
        }
    )


@dg.asset(partitions_def=SYMBOLS, group_name="training", deps=["training_set"], kinds={"pytorch"})
def candidate_models(
    context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
) -> dg.MaterializeResult[None]:
    """Train every declared model but the baseline, within the budget of the settings."""
    symbol = context.partition_key
    series = platform.load_series(symbol)
    metadata: dict[str, str | float] = {}
    for model in challengers().values():
        candidate = train_candidate(model, symbol, series, platform.budget, platform.clock)
        platform.save_candidate(candidate)
        metadata[f"{model.name}_version"] = candidate.version
        metadata[f"{model.name}_training_seconds"] = candidate.training_seconds
    return dg.MaterializeResult(metadata=metadata)


@dg.asset(partitions_def=SYMBOLS, group_name="training", deps=["candidate_models"], kinds={"numpy"})
def model_evaluation(
    context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
) -> dg.MaterializeResult[None]:
    """Judge every candidate against the baseline on bars that it has not seen, and write it down."""
    symbol = context.partition_key
    series = platform.load_series(symbol)
    metadata: dict[str, str | float] = {}
    for model in challengers().values():
        candidate = platform.load_candidate(symbol, model.name)
        evaluation = evaluate_candidate(model, candidate, series)
        decision = decide(evaluation, _champion_log_loss(candidate, series))
        platform.save_verdict(symbol, model.name, Verdict(evaluation, decision))
        with platform.connect() as connection:
            write_evaluation(connection, candidate, evaluation, decision, platform.clock.now_ns())
        for figure in ("hit_rate", "log_loss", "baseline_log_loss", "mae", "baseline_mae", "coverage"):
            metadata[f"{model.name}_{figure}"] = getattr(evaluation, figure)
        low, high = evaluation.hit_rate_interval
        metadata[f"{model.name}_hit_rate_interval"] = f"{low:.3f} to {high:.3f}"
        metadata[f"{model.name}_verdict"] = "; ".join(decision.reasons) or "not worse than the baseline"
    return dg.MaterializeResult(metadata=metadata)


def _champion_log_loss(candidate: Candidate, series: BarSeries) -> float | None:
    """Return how the model that answers now does where the candidate was tested.

    Nothing where there is none, or where it was trained on those bars or on other features.
    """
    models = challengers()
    stored = champion(list(models), candidate.symbol)
    if stored is None or stored.feature_hash != feature_hash():
        return None
    if stored.trained.end + HORIZON_S * NS_PER_S >= candidate.tested.start:
        return None
    model = models[stored.model]
    return evaluate_content(model, stored.content(), series, seed=candidate.seed).log_loss
