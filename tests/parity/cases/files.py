"""Write a case down as the files that an unmodified freqtrade reads."""

import json
from pathlib import Path
from typing import Any

from tests.parity.cases.case import Case


def write_case(case: Case, folder: Path) -> dict[str, Any]:
    """Write strategy and candles under ``folder``; return the job for the oracle."""
    strategies, data = folder / "strategies", folder / "data"
    strategies.mkdir(parents=True, exist_ok=True)
    (data / "futures").mkdir(parents=True, exist_ok=True)
    (strategies / f"{case.strategy}.py").write_text(case.source)
    if case.beside:
        values = {"strategy_name": case.strategy, "params": case.beside, "ft_stratparam_v": 1}
        (strategies / f"{case.strategy}.json").write_text(json.dumps(values))
    for (pair, timeframe, kind), frame in case.candles.items():
        stem = f"{pair.replace('/', '_').replace(':', '_')}-{timeframe}"
        path = data / f"{stem}.feather" if kind == "spot" else data / "futures" / f"{stem}-{kind}.feather"
        frame.to_feather(path, compression="uncompressed")
    return {
        "id": case.name,
        "strategy": case.strategy,
        "strategy_path": str(strategies),
        "config": case.config,
        "datadir": str(data),
        "timerange": case.timerange,
        "markets": case.markets,
        "tiers": case.tiers,
    }
