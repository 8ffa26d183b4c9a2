"""From a venue's history to the model store, in one process, on real servers."""

import bentoml
import dagster as dg
import pytest

from market.clock import ManualClock
from orchestration.bar_table import insert_bars, missing_ranges
from orchestration.definitions import defs
from orchestration.errors import UnknownVenue
from orchestration.platform import Platform
from orchestration.venue_history import fetch_bars, open_venue
from serving.series import BAR_NS
from tests.serving.builders import insert, random_walk, trending_walk, without

SYMBOL = "BTC/USDT"


def run(platform: Platform, job: str) -> dg.ExecuteInProcessResult:
    with dg.DagsterInstance.ephemeral() as instance:
        return defs.resolve_job_def(job).execute_in_process(
            partition_key=SYMBOL, resources={"platform": platform}, instance=instance, raise_on_error=False
        )


def materialised(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, object]]:
    return {
        event.asset_key.to_user_string(): {
            key: value.value for key, value in event.materialization.metadata.items()
        }
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }


def evaluations(platform: Platform) -> list[tuple[object, ...]]:
    with platform.connect() as connection:
        return connection.execute(
            "select model_version, is_promotable, refused_because from model_evaluations"
        ).fetchall()


def test_history_is_fetched_judged_and_offered_to_the_gate(platform: Platform) -> None:
    """One epoch on a random walk: the gate may go either way, and says which."""
    result = run(platform, "retraining")
    assert result.success
    assets = materialised(result)
    assert assets["bar_history"]["bars_fetched"] == 2 * 1440
    assert assets["bar_history"]["ranges_missing_after"] == 0
    ((version, is_promotable, reasons),) = evaluations(platform)
    assert str(version).startswith("lstm-btc-usdt:")
    assert ("champion_model" in assets) == is_promotable
    assert bool(reasons) != is_promotable


def test_a_refusal_is_recorded_and_the_run_is_green(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.evaluation.INDEPENDENT_SAMPLES_MIN", 10_000)
    result = run(platform, "retraining")
    assert result.success
    assert "champion_model" not in materialised(result)
    ((_, is_promotable, reasons),) = evaluations(platform)
    assert not is_promotable
    assert "10000 are needed" in str(reasons)


def test_a_model_that_finds_a_signal_becomes_champion(platform: Platform) -> None:
    start, end = platform.history_span()
    walk = trending_walk((end - start) // BAR_NS)
    with platform.connect() as connection:
        insert(connection, walk._replace(open_time=walk.open_time - walk.open_time[0] + start))
    longer = Platform(platform.core, platform.own.model_copy(update={"training_epochs": 8}), ManualClock(end))
    result = run(longer, "retraining")
    assert result.success
    version = materialised(result)["champion_model"]["model_version"]
    assert version in {str(model.tag) for model in bentoml.models.list()}

    hasty = Platform(longer.core, longer.own.model_copy(update={"training_epochs": 1}), longer.clock)
    hasty.clock.advance(10**9)  # type: ignore[attr-defined]  # a manual clock
    assert run(hasty, "retraining").success
    assert "the champion's" in str(evaluations(hasty)[-1])


def test_only_what_is_missing_is_fetched(platform: Platform) -> None:
    start, end = platform.history_span()
    whole = random_walk((end - start) // BAR_NS, start=start)
    with platform.connect() as connection:
        insert(connection, without(whole, 100, 150), symbol=SYMBOL)
        gap = (int(whole.open_time[100]), int(whole.open_time[150]))
        assert missing_ranges(connection, "binance", SYMBOL, start, end) == [gap]
        client = open_venue(platform.core, "binance")
        pages = list(fetch_bars(client, SYMBOL, *gap))
        assert [bar.open_time for page in pages for bar in page] == list(range(*gap, BAR_NS))
        insert_bars(connection, "binance", SYMBOL, pages[0], ts_init=end)
        assert missing_ranges(connection, "binance", SYMBOL, start, end) == []
        assert missing_ranges(connection, "binance", "ETH/USDT", start, end) == [(start, end)]


def test_a_venue_bar_replaces_one_built_from_trades_and_never_another_venue_bar(platform: Platform) -> None:
    start, _ = platform.history_span()
    client = open_venue(platform.core, "binance")
    (page,) = fetch_bars(client, SYMBOL, start, start + 3 * BAR_NS)
    with platform.connect() as connection:
        insert(connection, random_walk(1, start=start))
        insert_bars(connection, "binance", SYMBOL, page, ts_init=start)
        insert_bars(
            connection, "binance", SYMBOL, [bar._replace(close=bar.high) for bar in page], ts_init=start
        )
        rows = connection.execute("select close, source from bars order by open_time").fetchall()
    assert rows == [(bar.close, "venue") for bar in page]


@pytest.mark.parametrize("venue", ["binance", "coinbase", "kraken"])
def test_every_venue_gives_its_history_in_exact_numbers(platform: Platform, venue: str) -> None:
    _, end = platform.history_span()
    (page,) = fetch_bars(open_venue(platform.core, venue), SYMBOL, end - 5 * BAR_NS, end)
    assert [bar.open_time for bar in page] == list(range(end - 5 * BAR_NS, end, BAR_NS))
    assert all(bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high for bar in page)


def test_an_unknown_venue_is_named(platform: Platform) -> None:
    with pytest.raises(UnknownVenue, match="correct TIDEGATE_VENUES"):
        open_venue(platform.core, "nowhere")
