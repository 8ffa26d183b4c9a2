"""`tidegate backtest --from-database` runs over what Tidegate kept: bars, and the forecasts of their time."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runtime.postgres import connect
from runtime.settings import CoreSettings
from tests.trading.api.service import bars, store_bars
from tests.trading.strategy_framework.frames import START_NS
from trading.backtesting.commands.backtest import main

HOUR_NS = 3600 * 10**9


@pytest.fixture
def recorded(postgres_settings: CoreSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep two hours of rising bars, and one forecast an hour before their end."""
    store_bars(postgres_settings, bars("BTC/USDT", 120, slope=0.0002, until_ns=START_NS))
    with connect(postgres_settings) as connection:
        connection.execute(
            "INSERT INTO forecasts (symbol, made_at, bar_close_time, horizon_s, predicted_return,"
            " probability_up, low, high, model, model_version, feature_hash)"
            " VALUES ('BTC/USDT', %(at)s, %(at)s, 900, 0.01, 0.6, 0, 0.02, 'lstm', 'lstm-1', 'x')",
            {"at": datetime.fromtimestamp((START_NS - HOUR_NS) / 1e9, UTC)},
        )
    monkeypatch.setenv("TIDEGATE_DATABASE_URL", postgres_settings.database_dsn)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("recorded")
def test_a_strategy_sees_the_forecasts_as_they_were_given(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert main(["--strategy", "forecast_follower", "--from-database", "--export", str(out)]) == 0
    document = json.loads(out.read_text())
    opened = datetime.fromtimestamp((START_NS - HOUR_NS) / 1e9, UTC)
    trade = document["trades"][0]
    assert trade["enter_tag"] == "forecast_up"
    assert trade["open_date"] == str(opened)  # the candle after the one that closed with the forecast
    assert document["summary"]["candles"] == 119


@pytest.mark.usefixtures("recorded")
def test_what_was_not_kept_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--strategy", "forecast_follower", "--from-database", "--venue", "kraken"]) == 2
    assert "the database (venue kraken) has no 1m spot candles" in capsys.readouterr().err
    assert main(["--strategy", "forecast_follower", "--from-database", "--pairs", "XRP/USDT"]) == 2
    assert "has no candles of XRP/USDT; it has BTC/USDT" in capsys.readouterr().err


def test_without_a_database_the_way_to_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TIDEGATE_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("TIDEGATE_DATABASE_URL", raising=False)
    assert main(["--strategy", "forecast_follower", "--from-database"]) == 2
    assert "start Tidegate with `tidegate up`" in capsys.readouterr().err
