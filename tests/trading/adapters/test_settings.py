"""Settings of the trading service: limits within reason, and no live order by accident."""

from decimal import Decimal

import pytest

from runtime.errors import SettingsError
from runtime.settings import CoreSettings, load
from trading.errors import BadConfig, LiveTradingRefused
from trading.settings import TradingSettings


def test_the_settings_become_the_engines_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_TRADING_PAPER_CAPITAL", "2500.50")
    monkeypatch.setenv("TIDEGATE_TRADING_EXPOSURE_LIMIT", "0.5")
    monkeypatch.setenv("TIDEGATE_TRADING_FEES", '{"kraken": {"maker": "0.001", "taker": "0.002"}}')
    settings = load(TradingSettings)

    config = settings.engine_config(CoreSettings(symbols=("BTC/USDT",), venues=("kraken",)))

    assert (config.capital, config.exposure_limit) == (Decimal("2500.50"), Decimal("0.5"))
    assert (config.symbols, config.venues, config.mode) == (("BTC/USDT",), ("kraken",), "paper")
    instruments = settings.instruments()
    assert instruments.get("BTC/USDT", "kraken").taker_fee == Decimal("0.002")
    assert instruments.get("BTC/USDT", "binance").taker_fee == Decimal("0.0010")
    assert instruments.get("BTC/USDT", "nowhere").taker_fee == Decimal("0.0060")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("TIDEGATE_TRADING_EXPOSURE_LIMIT", "1.5", "TIDEGATE_TRADING_EXPOSURE_LIMIT"),
        ("TIDEGATE_TRADING_PAPER_CAPITAL", "-1", "TIDEGATE_TRADING_PAPER_CAPITAL"),
        ("TIDEGATE_TRADING_PAPER_CAPITAL", "1e30", "TIDEGATE_TRADING_PAPER_CAPITAL"),
        ("TIDEGATE_TRADING_PAPER_CAPITOL", "1", "did you mean TIDEGATE_TRADING_PAPER_CAPITAL"),
        ("TIDEGATE_TRADING_MODE", "yolo", "TIDEGATE_TRADING_MODE"),
    ],
)
def test_a_bad_setting_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=words) as raised:
        load(TradingSettings)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(("confirmation", "words"), [("", "to agree"), ("real money", "not built yet")])
def test_live_orders_are_refused_in_one_line(confirmation: str, words: str) -> None:
    settings = TradingSettings(mode="live", live_confirm=confirmation)

    with pytest.raises(LiveTradingRefused, match=words) as raised:
        settings.engine_config(CoreSettings())
    assert "\n" not in str(raised.value)


def test_symbols_of_another_currency_are_refused() -> None:
    with pytest.raises(BadConfig, match="BTC/USD is quoted in USD"):
        TradingSettings().engine_config(CoreSettings(symbols=("BTC/USD",)))
