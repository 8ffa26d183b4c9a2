"""A day of paper trading on a real database, and what the nightly comparison finds in it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import dagster as dg
import pytest

from market.clock import NS_PER_S
from market.events import Bar
from orchestration.definitions import defs
from orchestration.platform import Platform
from serving.series import BAR_NS
from tests.serving.builders import insert, random_walk
from tests.trading.api.host.stage import Stage
from tests.trading.api.service import PRICES
from trading.adapters.strategy_books import PostgresBooks
from trading.strategies import strategies

SYMBOL = "BTC/USDT"
DAY = date(2026, 2, 3)
MIDNIGHT_NS = int(datetime(2026, 2, 3, tzinfo=UTC).timestamp()) * NS_PER_S
WARM_UP, TRADED = 70, 90


@pytest.fixture
def traded(platform: Platform) -> Platform:
    """Trade the first ninety minutes of the day on paper; the host sees the bars that the table has."""
    walk = random_walk(WARM_UP + TRADED, seed=5, start=MIDNIGHT_NS - WARM_UP * BAR_NS)
    with platform.connect() as connection:
        insert(connection, walk)
        connection.execute("update bars set ts_init = open_time + interval '61 seconds'")
        bars = [
            _bar(*row)
            for row in connection.execute(
                "select (extract(epoch from open_time))::bigint, open, high, low, close, volume from bars "
                "order by open_time"
            ).fetchall()
        ]
    books = PostgresBooks(platform.core)
    ours = {name: strategies()[name] for name in ("grid", "rsi_reversion")}
    stage = Stage(books=books, now_ns=MIDNIGHT_NS - NS_PER_S, **ours)
    stage.host.take_bars(bars[:WARM_UP])
    stage.host.step(stage.engine)
    for bar in bars[WARM_UP:]:
        _live_through(stage, bar)
    books.close()
    return platform


def test_each_difference_has_its_row_and_its_cause(traded: Platform) -> None:
    figures = check(traded)
    assert figures["paper_trades"] >= 2
    assert figures["backtest_trades"] == figures["paper_trades"]
    rows = gaps(traded)
    assert len(rows) == figures["differences"] > 0
    # Fills cross half a spread; nothing else differs where the host was there all the time.
    assert {cause for _, _, cause, _ in rows} <= {"fill", "price", "timing"}
    assert ("grid", "open_rate", "fill") in {row[:3] for row in rows}
    with traded.connect() as connection:
        checked = connection.execute(
            "select strategy, symbol, paper_trades, length(data_hash) from reality_checks order by 1"
        ).fetchall()
    assert [row[:2] for row in checked] == [("grid", SYMBOL), ("rsi_reversion", SYMBOL)]
    assert {row[3] for row in checked} == {64}
    assert "grid ETH/USDT" in figures["not_compared"]


def test_a_revised_bar_and_a_changed_file_are_named(traded: Platform) -> None:
    with traded.connect() as connection:
        (opened,) = connection.execute(
            "select min(opened_at) from strategy_trades where strategy = 'grid'"
        ).fetchone()
        connection.execute(
            "update bars set close = close * 1.01, high = high * 1.02"
            " where open_time + interval '1 min' = %s",
            (opened,),
        )
        connection.execute("update strategy_trades set code_hash = 'older' where strategy = 'rsi_reversion'")
    check(traded)
    by_strategy = {(strategy, cause) for strategy, _, cause, _ in gaps(traded)}
    assert ("grid", "data_revision") in by_strategy
    assert {cause for strategy, cause in by_strategy if strategy == "rsi_reversion"} <= {"code", "timing"}


def test_a_second_check_of_a_day_replaces_the_first(traded: Platform) -> None:
    first = check(traded)
    before = gaps(traded)
    assert check(traded) == first
    assert gaps(traded) == before


def check(platform: Platform) -> dict[str, object]:
    with dg.DagsterInstance.ephemeral() as instance:
        result = defs.resolve_job_def("reality_check").execute_in_process(
            partition_key=DAY.isoformat(), resources={"platform": platform}, instance=instance
        )
    (event,) = result.get_asset_materialization_events()
    return {
        key: getattr(value, "value", None)
        for key, value in event.materialization.metadata.items()
        if key != "table"
    }


def gaps(platform: Platform) -> list[tuple[str, str, str, str]]:
    with platform.connect() as connection:
        return connection.execute(
            "select strategy, field, cause, detail from reality_gaps order by day, strategy, symbol, place"
        ).fetchall()


def _live_through(stage: Stage, bar: Bar) -> None:
    """Show the minute's prices as they come, then its bar."""
    for price, second in ((bar.open, 1), (bar.low, 20), (bar.high, 40), (bar.close, 58)):
        stage.clock.advance(bar.open_time + second * NS_PER_S - stage.clock.now_ns())
        stage.refresh(prices={**PRICES, SYMBOL: Decimal(price)})
        stage.host.step(stage.engine)
    stage.host.take_bars([bar])


def _bar(opened_s: int, *prices: Decimal) -> Bar:
    first, high, low, close, volume = prices
    opened = opened_s * NS_PER_S
    return Bar(
        venue="binance",
        symbol=SYMBOL,
        ts_event=opened + BAR_NS,
        ts_init=opened + BAR_NS,
        timeframe="1m",
        open_time=opened,
        close_time=opened + BAR_NS,
        open=first,
        high=high,
        low=low,
        close=close,
        volume=volume,
        trade_count=1,
    )
