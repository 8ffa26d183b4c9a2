"""The engine's figures reach Prometheus."""

from runtime.metrics import exposition
from trading.adapters.telemetry import PrometheusTelemetry


def test_latency_states_and_refusals_are_exposed() -> None:
    telemetry = PrometheusTelemetry()
    telemetry.decision_to_venue(0.003)
    telemetry.order_changed("FILLED", "testvenue")
    telemetry.order_denied("risk.test")

    text = exposition().decode()

    assert 'trading_decision_to_venue_seconds_bucket{le="0.005"}' in text
    assert 'trading_order_events_total{state="FILLED",venue="testvenue"} 1.0' in text
    assert 'trading_orders_denied_total{code="risk.test"} 1.0' in text
