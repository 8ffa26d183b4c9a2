"""Which processes make a running Tidegate: the one table of names, commands, ports and order."""

import sys
from collections.abc import Collection
from dataclasses import dataclass, replace

from runtime.errors import SettingsError
from runtime.settings import CoreSettings
from runtime.supervisor.probes import Alive, Http, Probe, Tcp

STREAM = ("trading", "flows")

DAGSTER_STOP_S = 6.0
"""It needs two to four; waiting for its runs longer is in vain: its state is in PostgreSQL."""


@dataclass(frozen=True, kw_only=True)
class ProcessSpec:
    """One process: how it is started, what it listens on, and when it is ready.

    It starts when all of `depends_on` are ready. It also lets those in `after` go first, but not
    for longer than `after_timeout_s` seconds: a machine with few cores shows prices sooner.
    """

    name: str
    purpose: str
    argv: tuple[str, ...]
    ready: Probe
    ports: tuple[int, ...] = ()
    depends_on: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    after_timeout_s: float = 20.0
    stop_s: float = 5.0


def processes(
    settings: CoreSettings, *, only: Collection[str] = (), without: Collection[str] = ()
) -> list[ProcessSpec]:
    """Return the processes of these settings, in the order of their start.

    `only` keeps those named, `without` leaves those named away; `collector` stands for all of them.

    Raises:
        SettingsError: a name that no process has.
    """
    specs = [_database(settings)]
    if settings.simulator_url == own_simulator_url(settings):
        specs.append(_simulator(settings))
    specs += [_collector(settings, venue) for venue in settings.venues]
    specs += [_flows(settings), _forecasts(settings), _trading(settings), *_dagster(settings)]
    _refuse_unknown({*only, *without}, specs)
    chosen = [spec for spec in specs if (not only or _is_named(spec, only)) and not _is_named(spec, without)]
    return [_among(spec, {each.name for each in chosen}) for spec in chosen]


def own_simulator_url(settings: CoreSettings) -> str:
    """The address of the simulator that the supervisor itself starts."""
    return f"http://127.0.0.1:{settings.simulator_port}"


def _database(settings: CoreSettings) -> ProcessSpec:
    health = settings.database_health_port
    return ProcessSpec(
        name="database",
        purpose="PostgreSQL, its schema and the event log's retention",
        argv=_module("runtime.database"),
        ready=Http(health),
        ports=(settings.database_port, health) if settings.uses_embedded_database else (health,),
    )


def _simulator(settings: CoreSettings) -> ProcessSpec:
    return ProcessSpec(
        name="simulator",
        purpose="a local exchange that speaks for every venue",
        argv=_module("simulator"),
        ready=Http(settings.simulator_port),
        ports=(settings.simulator_port,),
    )


def _collector(settings: CoreSettings, venue: str) -> ProcessSpec:
    port = settings.collector_port(venue)
    return ProcessSpec(
        name=f"collector-{venue}",
        purpose=f"market data of {venue}",
        argv=_module("streaming.collectors", venue),
        ready=Http(port, settings.reachable_host),
        ports=(port,),
        depends_on=("database", "simulator"),
    )


def _flows(settings: CoreSettings) -> ProcessSpec:
    return ProcessSpec(
        name="flows",
        purpose="validation, bars, books and the archive",
        argv=_module("streaming.flows"),
        ready=Http(settings.flows_port, settings.reachable_host),
        ports=(settings.flows_port,),
        depends_on=("database",),
    )


def _forecasts(settings: CoreSettings) -> ProcessSpec:
    return ProcessSpec(
        name="forecasts",
        purpose="the model server",
        argv=_module("serving"),
        ready=Http(settings.forecasts_port, settings.reachable_host),
        ports=(settings.forecasts_port,),
        depends_on=("database",),
    )


def _trading(settings: CoreSettings) -> ProcessSpec:
    return ProcessSpec(
        name="trading",
        purpose="the dashboard, the API and the engine",
        argv=_module("trading.api"),
        ready=Http(settings.api_port, settings.reachable_host),
        ports=(settings.api_port,),
        depends_on=("database",),
    )


def _dagster(settings: CoreSettings) -> list[ProcessSpec]:
    code, web = settings.dagster_code_port, settings.dagster_web_port
    return [
        ProcessSpec(
            name="dagster-code",
            purpose="history, training and backtests",
            argv=_module("orchestration", "code"),
            ready=Tcp(code),
            ports=(code,),
            depends_on=("database",),
            after=STREAM,
            stop_s=DAGSTER_STOP_S,
        ),
        ProcessSpec(
            name="dagster-daemon",
            purpose="schedules and sensors",
            argv=_module("orchestration", "daemon"),
            ready=Alive(2.0),
            depends_on=("database",),
            after=(*STREAM, "dagster-code"),
            after_timeout_s=60,
            stop_s=DAGSTER_STOP_S,
        ),
        ProcessSpec(
            name="dagster-web",
            purpose="Dagster's pages",
            argv=_module("orchestration", "web"),
            ready=Tcp(web, settings.reachable_host),
            ports=(web,),
            depends_on=("database",),
            after=(*STREAM, "dagster-code", "dagster-daemon", "forecasts"),
            after_timeout_s=60,
            stop_s=DAGSTER_STOP_S,
        ),
    ]


def _module(name: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name, *arguments)


def _is_named(spec: ProcessSpec, names: Collection[str]) -> bool:
    return spec.name in names or spec.name.partition("-")[0] in names


def _among(spec: ProcessSpec, names: Collection[str]) -> ProcessSpec:
    """Leave away what the process would wait for in vain."""
    return replace(
        spec,
        depends_on=tuple(name for name in spec.depends_on if name in names),
        after=tuple(name for name in spec.after if name in names),
    )


def _refuse_unknown(names: Collection[str], specs: Collection[ProcessSpec]) -> None:
    known = {spec.name for spec in specs} | {spec.name.partition("-")[0] for spec in specs} | {"simulator"}
    for name in sorted(set(names) - known):
        raise SettingsError(
            f"no process is called {name}; there are {', '.join(spec.name for spec in specs)}"
        )
