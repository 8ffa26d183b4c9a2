"""Scenarios of markets, funding and price steps."""

from typing import Any

from tests.parity.trades.scenarios.draws import (
    AMOUNT_TICKS,
    LEVERAGES,
    TICKS,
    Draw,
    draw_amount,
    draw_price,
    draw_scale,
)

START_S = 1_709_251_200  # 2024-03-01, `play.seen.START`


def draw_tiers(draw: Draw) -> list[list[float | None]]:
    lower, leverage, amount = 0.0, draw.choice((125.0, 75.0, 50.0, 20.0)), 0.0
    tiers: list[list[float | None]] = []
    for number in range(draw.randint(1, 5)):
        upper = (lower or 5000.0) * draw.choice((2, 5, 10))
        tiers.append([lower, upper, round(0.005 * (number + 1), 4), leverage, amount])
        lower, leverage, amount = upper, max(1.0, leverage // 2), amount + lower * 0.005
    if draw.random() < 0.3:
        tiers[-1][1] = None
    return tiers


def draw_market(draw: Draw) -> dict[str, Any]:
    near = draw_scale(draw)
    futures = draw.random() < 0.8
    exchange = draw.choice(("binance", "bybit", "okx", "gate", "bitget", "hyperliquid", "kraken"))
    market = {
        "price_tick": draw.choice(TICKS),
        "amount_tick": draw.choice(AMOUNT_TICKS),
        "amount_min": draw.choice((None, 0.001, 1.0, 5 / near)),
        "amount_max": draw.choice((None, 9000.0, 1e6 / near)),
        "cost_min": draw.choice((None, 5.0, 10, 0.0001)),
        "cost_max": draw.choice((None, 9_000_000.0, 1e5)),
        "taker": draw.choice((0.001, 0.0005, 0.0004)),
        "contract_size": draw.choice((None, 1.0, 0.001, 10.0)) if futures else None,
        "leverage_tiers": draw_tiers(draw) if draw.random() < 0.9 else [],
        "leverage_max": draw.choice((3.0, 20.0, 50.0)),
    }
    hours = list(range(START_S, START_S + 300 * 3600, 3600))
    rates = [hour for hour in hours if hour % draw.choice((3600, 28_800)) == 0 and draw.random() < 0.95]
    marks = [hour for hour in hours if draw.random() < 0.97]
    calls = [_market_call(draw, near) for _ in range(60)]
    return {
        "kind": "market",
        "terms": {
            "exchange": exchange,
            "trading_mode": "futures" if futures else "spot",
            "margin_mode": "isolated" if futures else "",
            "liquidation_buffer": draw.choice((0.05, 0.0, 0.1)),
            "amount_reserve_percent": draw.choice((0.05, 0.0, 0.2)),
        },
        "market": market,
        "rates": [rates, [round(draw.uniform(-0.001, 0.001), 8) for _ in rates]],
        "marks": [marks, [draw_price(draw, near) for _ in marks]],
        "missing_rate": draw.choice((None, None, 0, 0.0001)),
        "calls": calls,
    }


def _market_call(draw: Draw, near: float) -> list[Any]:
    price, leverage = draw_price(draw, near), draw.choice(LEVERAGES)
    stake = draw.choice((0, draw.uniform(1, 1000), 10 ** draw.uniform(0, 8)))
    name = draw.choice(("min_stake", "max_stake", "max_leverage", "liquidation", "funding"))
    if name == "min_stake":
        return [name, price, draw.choice((-0.05, 0.0, -0.1, -1.0, -0.4)), leverage]
    if name == "max_stake":
        return [name, price, leverage]
    if name == "max_leverage":
        return [name, stake]
    if name == "liquidation":
        stake = stake or 50.0
        return [name, price, draw.random() < 0.5, stake * leverage / price, stake, leverage]
    opened = draw.randint(0, 10_000)
    return [name, draw_amount(draw, near), draw.random() < 0.5, opened, opened + draw.randint(0, 5000)]


def draw_ticks(draw: Draw) -> dict[str, Any]:
    near = max(draw_scale(draw), 0.1)  # below, freqtrade's power of ten overflows at 19 decimals
    step = draw.choice((3600, 86_400, 14_400))
    count = draw.randint(1, 400)
    first = START_S - 86_400 * draw.randint(0, 40)
    dates = [first + step * row for row in range(count)]
    digits = draw.randint(1, 6)
    style = draw.choice(("round", "steps", "noise", "whole", "mixed", "tiny"))

    def value(row: int) -> float:
        raw = near * draw.uniform(0.8, 1.2)
        if style == "noise":
            return raw
        if style == "whole":
            return float(round(raw))
        if style == "mixed":
            return draw.choice((raw, float(round(raw)), round(raw, 2), 0.1 + 0.2, raw * 1e-4, 0.0, raw * 1e9))
        if style == "tiny":
            return round(draw.random(), 3) * 10.0 ** -draw.randint(5, 14)
        grown = digits + (row * 4 // count if style == "steps" else 0)
        return round(raw, grown)

    prices = [[value(row) for _ in range(4)] for row in range(count)]
    asked = [draw.randint(-90 * 1440, 400 * 1440) for _ in range(20)]
    return {"kind": "ticks", "dates": dates, "prices": prices, "asked": asked}
