"""Follow the model store: swap a newly promoted model in, warmed, while the service answers."""

import threading
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import structlog

from serving import model_store
from serving.errors import BadModelFile
from serving.features import FEATURE_NAMES, feature_hash
from serving.forecaster import Champion, Forecaster
from serving.model_store import StoredModel
from serving.models._interface import Model

UNREADABLE = "unreadable"

log = structlog.get_logger()


class ChampionWatch:
    """A thread that asks the store for each symbol's newest promoted model."""

    def __init__(
        self,
        forecaster: Forecaster,
        models: Mapping[str, Model],
        symbols: Sequence[str],
        on_swap: Callable[[str, Champion], None],
    ) -> None:
        self._forecaster = forecaster
        self._models = models
        self._symbols = symbols
        self._on_swap = on_swap
        self._seen: dict[str, str] = {}
        self._stop = threading.Event()

    def start(self, poll_s: float) -> None:
        """Look once now, then every `poll_s` seconds until `stop`."""
        self.look()
        threading.Thread(target=self._run, args=(poll_s,), name="champion-watch", daemon=True).start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()

    def look(self) -> None:
        """Swap in what was promoted since the last look. A model that can't be loaded is logged once."""
        for symbol in self._symbols:
            try:
                stored = model_store.champion(list(self._models), symbol)
            except (BadModelFile, OSError) as error:
                if self._seen.get(symbol) != UNREADABLE:
                    log.warning("model_store_unreadable", symbol=symbol, reason=str(error))
                self._seen[symbol] = UNREADABLE
                continue
            if stored is None or self._seen.get(symbol) == stored.version:
                continue
            self._seen[symbol] = stored.version
            try:
                champion = self._load(stored)
            except (BadModelFile, OSError) as error:
                log.warning("model_not_loaded", symbol=symbol, version=stored.version, reason=str(error))
                continue
            self._forecaster.crown(symbol, champion)
            self._on_swap(symbol, champion)
            log.info("model_swapped_in", symbol=symbol, version=champion.version)

    def _load(self, stored: StoredModel) -> Champion:
        if stored.feature_hash != feature_hash():
            raise BadModelFile(
                f"trained on features {stored.feature_hash}, not {feature_hash()}; train again"
            )
        model = self._models[stored.model]
        predictor = model.load(stored.content())
        # The first call allocates; it is made here and not in somebody's request.
        predictor.predict(np.zeros((1, model.window, len(FEATURE_NAMES)), dtype=np.float32), np.ones(1))
        return Champion(model, predictor, stored.version)

    def _run(self, poll_s: float) -> None:
        while not self._stop.wait(poll_s):
            self.look()
