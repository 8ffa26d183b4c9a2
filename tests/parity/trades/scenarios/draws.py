"""What all scenarios draw: ticks, fees, prices and amounts."""

import random

TICKS = (None, 1e-8, 1e-6, 1e-5, 1e-4, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 2.5e-7, 10.0, 0.0003)
AMOUNT_TICKS = (None, 1e-8, 1e-6, 1e-5, 1e-4, 0.001, 0.01, 0.1, 1.0, 10.0)
FEES = (0.0, 0.001, 0.0005, 0.00075, 0.0026, 0.0002, 0.1, 0)
LEVERAGES = (1.0, 1.0, 2.0, 3.0, 5.0, 10.0, 1.5, 3.3, 20.0, 7.123)
REASONS = ("roi", "stop_loss", "trailing_stop_loss", "exit_signal", "liquidation", "stoploss_on_exchange")
PAIRS = ("A/USDT", "B/USDT", "C/USDT")

Draw = random.Random


def draw_scale(draw: Draw) -> float:
    return 10 ** draw.uniform(-6, 5)


def draw_price(draw: Draw, near: float, tick: float | None = None, spread: float = 0.2) -> float:
    """Return a price about `near`: on the tick, on round decimals, or with all its digits."""
    raw = near * (1 + draw.uniform(-spread, spread))
    style = draw.random()
    if tick and style < 0.5:
        return round(round(raw / tick) * tick, 12) or tick
    if style < 0.75:
        return float(f"{raw:.{draw.randint(3, 10)}g}")
    return raw


def draw_amount(draw: Draw, near: float) -> float:
    raw = draw.uniform(5, 5000) / near
    return raw if draw.random() < 0.5 else float(f"{raw:.{draw.randint(3, 9)}g}")
