"""One running service with a market and a model server, for the tests of a module.

Not for the whole session: what it did in one module would be the other modules' past, and it would play
on beside the tests of other folders.
"""

from collections.abc import Iterator

import pytest

from runtime.settings import CoreSettings
from tests.support.servers import fresh_database
from tests.trading.api.service import CLOCK, ForecastServer, Market, Service, bars, running, store_bars


@pytest.fixture(scope="module")
def live_settings(postgres_server: CoreSettings) -> Iterator[CoreSettings]:
    with fresh_database(postgres_server) as fresh:
        store_bars(fresh, bars("BTC/USDT", 400, slope=0.0002, until_ns=CLOCK.now_ns()))
        store_bars(fresh, bars("ETH/USDT", 400, slope=-0.0002, until_ns=CLOCK.now_ns()))
        yield fresh


@pytest.fixture(scope="module")
def market(live_settings: CoreSettings) -> Iterator[Market]:
    with Market(live_settings) as playing:
        yield playing


@pytest.fixture(scope="module")
def forecasts(live_settings: CoreSettings) -> Iterator[ForecastServer]:
    with ForecastServer(live_settings) as server:
        server.value = 0.01
        yield server


@pytest.fixture(scope="module")
def service(live_settings: CoreSettings, market: Market, forecasts: ForecastServer) -> Iterator[Service]:
    with running(live_settings) as started:
        started.wait_ready()
        yield started
