"""`python -m trading.api.openapi`: print the OpenAPI document, sorted; needs no database."""

import json
import sys

from market.clock import SystemClock
from runtime.settings import CoreSettings, load
from trading.api.access import Access
from trading.api.app import create_app
from trading.api.bar_store import BarStore
from trading.api.hub import Hub
from trading.api.services import Services, StrategySheet
from trading.ports import Forecast


class _Nothing:
    """Runs nothing and knows nothing: the document does not depend on it."""

    def sheets(self) -> list[StrategySheet]:
        """Return no strategies."""
        return []

    def newest(self) -> list[Forecast]:
        """Return no forecasts."""
        return []


def document() -> str:
    """Return the document as sorted, indented JSON."""
    clock, settings = SystemClock(), load(CoreSettings)
    services = Services(
        symbols=settings.symbols,
        venues=settings.venues,
        clock=clock,
        access=Access(bind_host="127.0.0.1", token=None, clock=clock),
        hub=Hub(clock),
        bars=BarStore(settings),
        strategies=_Nothing(),
        forecasts=_Nothing(),
        on_fatal=lambda _: None,
    )
    return json.dumps(create_app(services).openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
