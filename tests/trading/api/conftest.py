"""One running service with a market and a model server, for every test of this folder."""

from collections.abc import Iterator

import pytest

from runtime.settings import CoreSettings
from tests.support.servers import fresh_database
from tests.trading.api.service import CLOCK, ForecastServer, Market, Service, bars, running, store_bars


@pytest.fixture(scope="session")
def live_settings(postgres_server: CoreSettings) -> Iterator[CoreSettings]:
    with fresh_database(postgres_server) as fresh:
        store_bars(fresh, bars("BTC/USDT", 400, slope=0.0002, until_ns=CLOCK.now_ns()))
        store_bars(fresh, bars("ETH/USDT", 400, slope=-0.0002, until_ns=CLOCK.now_ns()))
        yield fresh


@pytest.fixture(scope="session")
def market(live_settings: CoreSettings) -> Iterator[Market]:
    with Market(live_settings) as playing:
        yield playing


@pytest.fixture(scope="session")
def forecasts(live_settings: CoreSettings) -> Iterator[ForecastServer]:
    with ForecastServer(live_settings) as server:
        server.value = 0.01
        yield server


@pytest.fixture(scope="session")
def service(live_settings: CoreSettings, market: Market, forecasts: ForecastServer) -> Iterator[Service]:
    with running(live_settings) as started:
        started.wait_ready()
        yield started
