"""What the endpoints work with: one object per process, built by `trading.api.wiring`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Protocol

import msgspec
from fastapi import Depends
from starlette.requests import HTTPConnection

from market.clock import Clock
from runtime import VERSION
from trading.api.access import Access
from trading.api.bar_store import BarStore
from trading.api.hub import Hub
from trading.api.problems import NotReady
from trading.api.schemas import Status
from trading.core.engine import Engine
from trading.core.views import StateView, StrategyView
from trading.ports import Forecast


class StrategySheet(msgspec.Struct, frozen=True, kw_only=True):
    """What the host knows of a strategy; the ledger knows the rest. `docs` is its docstring."""

    name: str
    timeframe: str
    capital: Decimal
    docs: str


class StrategySource(Protocol):
    """Whoever runs strategies."""

    def sheets(self) -> Sequence[StrategySheet]:
        """Return every strategy that is loaded."""
        ...


class ForecastSource(Protocol):
    """Whoever knows forecasts."""

    def newest(self) -> Sequence[Forecast]:
        """Return the newest forecast of each symbol."""
        ...


@dataclass(kw_only=True)
class Services:
    """The parts of the running service. `engine` refuses until the ledger is recovered."""

    symbols: tuple[str, ...]
    venues: tuple[str, ...]
    clock: Clock
    access: Access
    hub: Hub
    bars: BarStore
    strategies: StrategySource
    forecasts: ForecastSource
    on_fatal: Callable[[BaseException], None]
    checks: dict[str, Callable[[], str | None]] = field(default_factory=dict)
    started_at: int = field(init=False)
    _engine: Engine | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.started_at = self.clock.now_ns()

    @property
    def engine(self) -> Engine:
        """The engine.

        Raises:
            NotReady: it is still rebuilding the ledger from the journal.
        """
        if self._engine is None:
            raise NotReady("the ledger is being rebuilt from its journal; try again in a moment")
        return self._engine

    def recovered(self, engine: Engine) -> None:
        """Take the engine into service, once its ledger is rebuilt."""
        self._engine = engine

    def problems(self) -> dict[str, str]:
        """Return why the service is not ready, by part; empty when it is."""
        found = {} if self._engine is not None else {"engine": "the ledger is being rebuilt"}
        for name, check in self.checks.items():
            if reason := check():
                found[name] = reason
        return found

    def status(self) -> Status:
        """Return what the service is doing."""
        return self.status_of(self.engine.state(), self.engine.strategies())

    def status_of(self, state: StateView, strategies: Sequence[StrategyView]) -> Status:
        """Join the engine's state with what this process knows."""
        states = {strategy.name: strategy.state for strategy in strategies}
        loaded = [sheet.name for sheet in self.strategies.sheets()]
        return Status.model_validate(
            {
                **msgspec.structs.asdict(state),
                "strategies_on": sum(states.get(name, "on") == "on" for name in loaded),
                "strategies_total": len(loaded),
                "version": VERSION,
                "started_at": self.started_at,
                "symbols": list(self.symbols),
                "venues": list(self.venues),
            }
        )


def services_of(connection: HTTPConnection) -> Services:
    """Return the service that a request came to."""
    services: Services = connection.app.state.services
    return services


def actor_of(connection: HTTPConnection) -> str:
    """Return who sends the request, as the gate found out."""
    actor: str = connection.state.actor
    return actor


ServicesOf = Annotated[Services, Depends(services_of)]
Actor = Annotated[str, Depends(actor_of)]
