"""The compose file speaks of settings, commands and ports that exist."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.settings import DagsterSettings
from runtime.settings import CoreSettings
from serving.settings import ForecastsSettings
from simulator.settings import SimulatorSettings
from streaming.settings import CollectorSettings, FlowsSettings
from trading.settings import TradingSettings

DEPLOY = Path(__file__).parents[2] / "deploy"
SETTINGS = (
    CoreSettings,
    SimulatorSettings,
    CollectorSettings,
    FlowsSettings,
    TradingSettings,
    ForecastsSettings,
    DagsterSettings,
)
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}


def known_settings() -> set[str]:
    return {
        f"{settings.model_config.get('env_prefix')}{field}".upper()
        for settings in SETTINGS
        for field in settings.model_fields
    }


@pytest.mark.parametrize("name", OURS)
def test_every_setting_of_a_service_is_one_that_it_knows(name: str) -> None:
    assert set(OURS[name]["environment"]) <= known_settings()


@pytest.mark.parametrize("name", OURS)
def test_every_service_runs_a_module_that_exists(name: str) -> None:
    module = OURS[name]["command"][0]
    assert importlib.util.find_spec(module) is not None


def test_prometheus_scrapes_the_ports_that_services_listen_on() -> None:
    core = CoreSettings(venues=("binance", "coinbase", "kraken"))
    config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
    targets = {
        target
        for job in config["scrape_configs"]
        for group in job["static_configs"]
        for target in group["targets"]
    }
    ours = {f"collector-{venue}:{core.collector_port(venue)}" for venue in core.venues}
    ours |= {f"flows:{core.flows_port}", f"forecasts:{core.forecasts_port}", f"trading:{core.api_port}"}
    assert targets == ours | {"localhost:9090"}


def test_nothing_but_loopback_is_published() -> None:
    published = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)
