"""Backtests of the history, and the nightly comparison of paper with a backtest of the same bars."""

from base64 import b64decode

import dagster as dg
import pytest

from orchestration.definitions import defs
from orchestration.defs.backtests.strategy_backtest import STRATEGIES_BY_SYMBOL, shipped_strategies
from orchestration.equity_plot import equity_picture
from orchestration.platform import Platform
from serving.series import BAR_NS
from tests.serving.builders import insert, random_walk
from trading.strategies import strategies

SYMBOL = "BTC/USDT"


def test_every_shipped_strategy_has_its_partitions() -> None:
    assert shipped_strategies() == list(strategies())
    assert len(STRATEGIES_BY_SYMBOL.get_partition_keys()) == 2 * len(strategies())


@pytest.mark.parametrize("name", ["ema_cross", "grid"])
def test_a_backtest_reports_its_figures_its_curve_and_its_data(platform: Platform, name: str) -> None:
    start, end = platform.history_span()
    with platform.connect() as connection:
        insert(connection, random_walk((end - start) // BAR_NS, start=start))
    with dg.DagsterInstance.ephemeral() as instance:
        result = defs.resolve_job_def("backtests").execute_in_process(
            partition_key=dg.MultiPartitionKey({"strategy": name, "symbol": SYMBOL}),
            resources={"platform": platform},
            instance=instance,
        )
    (event,) = result.get_asset_materialization_events()
    figures = {key: value.value for key, value in event.materialization.metadata.items()}
    assert len(str(figures["data_hash"])) == len(str(figures["code_hash"])) == 64
    assert figures["trades"] >= 1
    assert -1 < figures["total_return"] < 1
    assert _svg(str(figures["equity"])).startswith("<svg")


def test_a_curve_of_any_length_is_a_small_picture() -> None:
    for count in (0, 1, 5, 100_000):
        curve = [1_000.0 + place % 7 for place in range(count)]
        picture = equity_picture(curve, starting_balance=1_000.0, title="a < b")
        assert len(picture) < 20_000
        assert "a &lt; b" in _svg(picture)


def _svg(markdown: str) -> str:
    return b64decode(markdown.partition("base64,")[2].rstrip(")")).decode()
