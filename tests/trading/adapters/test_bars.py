"""Bar history comes out of its table as the bars that went in."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from runtime.errors import Unavailable
from runtime.postgres import connect
from runtime.settings import CoreSettings
from trading.adapters.bars import BarTable

START = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


def insert(settings: CoreSettings, count: int) -> None:
    with connect(settings) as connection:
        for number in range(count):
            connection.execute(
                "INSERT INTO bars "
                "VALUES ('binance', 'BTC/USDT', '1m', %s, 1, 3, 0.5, %s, 10, 4, 'venue', %s)",
                (START + timedelta(minutes=number), Decimal(number) + 1, START),
            )


def test_the_newest_bars_come_oldest_first(postgres_settings: CoreSettings) -> None:
    insert(postgres_settings, 5)
    table = BarTable(postgres_settings)

    bars = table.newest("binance", "BTC/USDT", "1m", 3)

    assert [bar.close for bar in bars] == [Decimal(3), Decimal(4), Decimal(5)]
    assert bars[-1].open_time == int((START + timedelta(minutes=4)).timestamp()) * 1_000_000_000
    assert bars[-1].close_time - bars[-1].open_time == 60_000_000_000
    assert (bars[0].source, bars[0].trade_count, bars[0].low) == ("venue", 4, Decimal("0.5"))
    before = table.newest("binance", "BTC/USDT", "1m", 9, before_ns=bars[0].open_time)
    assert [bar.close for bar in before] == [Decimal(1), Decimal(2)]
    assert table.newest("kraken", "BTC/USDT", "1m", 3) == []
    table.close()


def test_a_lost_connection_is_unavailable_once(postgres_settings: CoreSettings) -> None:
    table = BarTable(postgres_settings)
    table.newest("binance", "BTC/USDT", "1m", 1)
    with connect(postgres_settings, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'tidegate-bars' AND datname = current_database()"
        )

    with pytest.raises(Unavailable, match="bars can't be read"):
        table.newest("binance", "BTC/USDT", "1m", 1)
    assert table.newest("binance", "BTC/USDT", "1m", 1) == []
    table.close()
