"""The real service on a real database, with a market played to it: REST, ledger, strategies."""

import time
from decimal import Decimal

import pytest

from market.events import QualityState
from market.topics import BARS
from tests.trading.api.service import (
    CLOCK,
    MINUTE_NS,
    SYMBOLS,
    Market,
    Service,
    bars,
)


def test_a_strategy_trades_soon_after_the_start(service: Service) -> None:
    fills = service.wait_for("fill of ema_cross", lambda: _fills(service, "ema_cross"), timeout_s=45)
    assert {fill["symbol"] for fill in fills} == {"BTC/USDT"}
    assert fills[0]["venue"] == "binance"
    order = service.get(f"/api/v1/orders/{fills[0]['client_order_id']}")
    assert order["state"] == "FILLED"
    assert order["tag"] == "fast_above_slow"
    assert [offer["venue"] for offer in order["routing"]["considered"]] == ["binance", "kraken"]


def test_a_forecast_is_shown_and_followed(service: Service) -> None:
    forecast = service.wait_for("forecast", lambda: service.get("/api/v1/forecasts"), timeout_s=90)[0]
    assert (forecast["symbol"], forecast["model_version"]) == ("ETH/USDT", "lstm-7")
    fills = service.wait_for(
        "fill of forecast_follower", lambda: _fills(service, "forecast_follower"), timeout_s=90
    )
    assert {fill["symbol"] for fill in fills} == {"ETH/USDT"}


def test_the_portfolio_agrees_with_its_positions_and_fills(service: Service) -> None:
    service.wait_for("both fills", lambda: len(service.get("/api/v1/fills")) >= 2 or None)
    portfolio = service.get("/api/v1/portfolio")
    positions = service.get("/api/v1/positions")
    fills = service.get("/api/v1/fills")
    assert sum(Decimal(fill["fee"]) for fill in fills) == Decimal(portfolio["fees"])
    held = sum(Decimal(row["size"]) * Decimal(row["mark_price"]) for row in positions)
    assert abs(Decimal(portfolio["cash"]) + held - Decimal(portfolio["equity"])) < Decimal("0.01")


def test_markets_and_feeds_show_every_venue(service: Service) -> None:
    for market in service.get("/api/v1/markets"):
        assert [row["venue"] for row in market["venues"]] == ["binance", "kraken"]
        assert all(row["age_ms"] < 5000 for row in market["venues"])
    feeds = service.get("/api/v1/feeds")
    assert {(feed["symbol"], feed["state"]) for feed in feeds} == {(symbol, "ok") for symbol in SYMBOLS}


def test_bars_come_oldest_first_and_in_larger_frames(service: Service) -> None:
    minutes = service.get("/api/v1/bars?symbol=BTC/USDT&venue=binance&limit=200")["bars"]
    assert len(minutes) == 200
    assert [bar["time"] for bar in minutes] == sorted(bar["time"] for bar in minutes)
    hours = service.get("/api/v1/bars?symbol=BTC/USDT&timeframe=1h&limit=3")["bars"]
    inside = service.get("/api/v1/bars?symbol=BTC/USDT&limit=2000")["bars"]
    last = [bar for bar in inside if hours[-1]["time"] <= bar["time"] < hours[-1]["time"] + 3600]
    assert len(last) == 60
    assert hours[-1]["close"] == last[-1]["close"]
    assert hours[-1]["open"] == last[0]["open"]
    assert hours[-1]["high"] == max(bar["high"] for bar in last)
    assert hours[-1]["volume"] == pytest.approx(60)


def test_strategies_are_listed_with_what_they_earned(service: Service) -> None:
    rows = {row["name"]: row for row in service.get("/api/v1/strategies")}
    assert list(rows) == ["ema_cross", "forecast_follower"]
    assert rows["ema_cross"]["state"] == "on"
    assert rows["ema_cross"]["open_positions"] == 1
    assert "loses" in rows["ema_cross"]["docs"]


def test_a_signal_from_outside_is_followed_once(service: Service) -> None:
    signal = {"id": "one", "symbol": "BTC/USDT", "direction": "enter_long", "stake": "1000"}
    first = service.http.post("/api/v1/signals", json=signal).json()
    again = service.http.post("/api/v1/signals", json=signal).json()
    assert first["state"] in {"FILLED", "ACCEPTED"}
    assert first["strategy"] == "external"
    assert again["client_order_id"] == first["client_order_id"]
    assert Decimal(first["size"]) * 60_000 < 1_001


def test_a_halt_keeps_positions_and_a_resume_is_typed(service: Service) -> None:
    positions = len(service.get("/api/v1/positions"))
    halted = service.http.post("/api/v1/trading/halt", json={"reason": "lunch"}).json()
    assert halted["trading_state"] == "HALTED"
    assert halted["positions_kept"] == positions
    assert halted["halted_by"] == "local operator"
    status = service.get("/api/v1/status")
    assert (status["trading_state"], status["reason"]) == ("HALTED", "lunch")
    signal = {"id": "halted", "symbol": "BTC/USDT", "direction": "enter_long"}
    denied = service.http.post("/api/v1/signals", json=signal).json()
    assert (denied["state"], denied["code"]) == ("DENIED", "risk.halted")
    refused = service.http.post("/api/v1/trading/resume", json={"confirm": "yes"})
    assert refused.status_code == 422
    resumed = service.http.post("/api/v1/trading/resume", json={"confirm": "RESUME"}).json()
    assert resumed["trading_state"] == "ACTIVE"
    twice = service.http.post("/api/v1/trading/resume", json={"confirm": "RESUME"})
    assert (twice.status_code, twice.json()["code"]) == (409, "trading.not_halted")


def test_words_that_can_not_be_stored_stop_neither_a_halt_nor_a_signal(service: Service) -> None:
    halted = service.http.post("/api/v1/trading/halt", json={"reason": "a \x00 from a script"})
    assert halted.status_code == 200
    assert service.get("/api/v1/status")["reason"] == "a \N{REPLACEMENT CHARACTER} from a script"
    signal = {"id": "nul", "symbol": "BTC/USDT", "direction": "enter_long", "tag": "\x00"}
    denied = service.http.post("/api/v1/signals", json=signal).json()
    assert (denied["code"], denied["tag"]) == ("risk.halted", "\N{REPLACEMENT CHARACTER}")
    service.http.post("/api/v1/trading/resume", json={"confirm": "RESUME"}).raise_for_status()


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/nothing", 404, "api.not_found"),
        ("/api/v1/orders/tg0", 404, "order.unknown"),
        ("/api/v1/orders?limit=0", 422, "request.invalid"),
        ("/api/v1/orders?limit=many", 422, "request.invalid"),
        ("/api/v1/bars?symbol=BTC/EUR", 404, "api.not_found"),
        ("/api/v1/bars?symbol=BTC/USDT&timeframe=7m", 422, "request.invalid"),
        ("/api/v1/bars", 422, "request.invalid"),
    ],
)
def test_a_bad_request_is_answered_with_a_problem(
    service: Service, path: str, status: int, code: str
) -> None:
    answer = service.http.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"id": "x", "symbol": "BTC/USDT", "direction": "up"}, "direction"),
        ({"id": "x", "symbol": "BTC/EUR", "direction": "enter_long"}, "BTC/EUR is not traded here"),
        ({"id": "x", "symbol": "BTC/USDT", "direction": "enter_long", "stake": "-1"}, "stake"),
        ({"id": "x", "symbol": "BTC/USDT", "direction": "enter_long", "stake": "NaN"}, "stake"),
        ({"id": "x", "symbol": "BTC/USDT", "direction": "enter_long", "unknown": 1}, "unknown"),
        ({"symbol": "BTC/USDT", "direction": "enter_long"}, "id"),
    ],
)
def test_a_bad_signal_is_refused_in_words(service: Service, body: dict[str, object], said: str) -> None:
    answer = service.http.post("/api/v1/signals", json=body)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_a_large_body_is_not_read(service: Service) -> None:
    answer = service.http.post("/api/v1/signals", content=b"x" * 70_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")


def test_metrics_and_pages_answer(service: Service) -> None:
    metrics = service.http.get("/metrics").text
    assert 'trading_http_requests_total{method="GET",route="/status",status="200"}' in metrics
    assert "trading_stream_clients" in metrics
    docs = service.http.get("/docs")
    assert "/api/v1/trading/halt" in docs.text
    assert "script" not in docs.headers["content-security-policy"]
    assert service.http.get("/healthz").json() == {"status": "alive"}


def test_a_new_bar_is_judged_once_and_the_candles_stay_true(service: Service, market: Market) -> None:
    orders = len(service.get("/api/v1/orders?limit=1000"))
    newest = bars("BTC/USDT", 1, slope=0.0002, until_ns=CLOCK.now_ns())[0]
    market.send(BARS, [newest])
    market.send(BARS, [newest])
    time.sleep(1.5)  # silence is what is tested: nothing may follow
    assert len(service.get("/api/v1/orders?limit=1000")) == orders


def test_degraded_data_stops_entries(service: Service, market: Market) -> None:
    market.state = QualityState.DEGRADED
    try:
        service.wait_for(
            "reducing state", lambda: service.get("/api/v1/status")["trading_state"] == "REDUCING" or None
        )
        signal = {"id": "degraded", "symbol": "BTC/USDT", "direction": "enter_long"}
        denied = service.http.post("/api/v1/signals", json=signal).json()
        assert (denied["state"], denied["code"]) == ("DENIED", "risk.data_quality")
    finally:
        market.state = QualityState.OK
    service.wait_for(
        "active state", lambda: service.get("/api/v1/status")["trading_state"] == "ACTIVE" or None
    )


def test_a_restart_and_a_kill_keep_the_ledger_and_double_nothing(service: Service) -> None:
    def ledger() -> tuple[object, ...]:
        fills = service.get("/api/v1/fills?limit=1000")
        sizes = sorted(
            (row["symbol"], row["strategy"], row["size"]) for row in service.get("/api/v1/positions")
        )
        orders = [(row["client_order_id"], row["state"]) for row in service.get("/api/v1/orders?limit=1000")]
        return fills, sizes, orders

    service.http.post("/api/v1/trading/halt", json={"reason": "restart"}).raise_for_status()
    before = ledger()
    code, seconds = service.stop()
    assert (code, seconds < 15) == (0, True)  # 0.7 s on a quiet machine
    service.start()
    service.wait_ready()
    assert ledger() == before
    assert service.get("/api/v1/status")["reason"] == "restart"
    service.kill()
    service.start()
    service.wait_ready()
    assert ledger() == before
    minute = CLOCK.now_ns() // MINUTE_NS
    service.http.post("/api/v1/trading/resume", json={"confirm": "RESUME"}).raise_for_status()
    time.sleep(2)  # the newest candle is judged again, and must give the same orders
    after = ledger()
    assert after[0] == before[0] or CLOCK.now_ns() // MINUTE_NS > minute


def _fills(service: Service, strategy: str) -> list[dict[str, str]]:
    return [fill for fill in service.get("/api/v1/fills") if fill["strategy"] == strategy]
