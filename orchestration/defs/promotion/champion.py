"""The promotion gate: the only way into the model store."""

from collections.abc import Iterator

import dagster as dg

from orchestration.partitions import SYMBOLS
from orchestration.platform import Platform
from serving.catalogue import challengers
from serving.model_store import promote


@dg.asset(
    partitions_def=SYMBOLS,
    group_name="promotion",
    deps=["model_evaluation"],
    output_required=False,
    kinds={"bentoml"},
)
def champion_model(
    context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
) -> Iterator[dg.MaterializeResult[None]]:
    """Put the best model that the gate lets pass into the store; with none, give no output.

    A refusal is no failure: the run stays green and whoever answered before goes on answering.
    """
    symbol = context.partition_key
    verdicts = {name: platform.load_verdict(symbol, name) for name in challengers()}
    passed = {name: found for name, found in verdicts.items() if found.decision.is_promotable}
    if not passed:
        for name, found in verdicts.items():
            context.log.info(f"{name} is not promoted: {'; '.join(found.decision.reasons)}")
        return
    best = min(passed, key=lambda name: passed[name].evaluation.log_loss)
    candidate = platform.load_candidate(symbol, best)
    promote(candidate, passed[best].evaluation, platform.clock)
    yield dg.MaterializeResult(metadata={"model": best, "model_version": candidate.version})
