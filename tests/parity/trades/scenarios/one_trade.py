"""Scenarios of one trade and of single numbers."""

from typing import Any

from tests.parity.trades.scenarios.draws import (
    AMOUNT_TICKS,
    FEES,
    LEVERAGES,
    PAIRS,
    REASONS,
    TICKS,
    Draw,
    draw_amount,
    draw_price,
    draw_scale,
)


def draw_fields(draw: Draw, near: float) -> dict[str, Any]:
    futures = draw.random() < 0.5
    fee = draw.choice(FEES) if draw.random() < 0.8 else draw.uniform(0, 0.01)
    tick = draw.choice([each for each in TICKS if each is None or each <= near * 0.1])
    return {
        "id": draw.randint(1, 9999),
        "pair": "ETH/USDT:USDT" if futures else draw.choice(PAIRS),
        "base_currency": draw.choice(("ETH", None, "")),
        "stake_currency": draw.choice(("USDT", None)),
        "open_rate": draw_price(draw, near, tick),
        "open_rate_requested": near,
        "stake_amount": draw.uniform(10, 5000),
        "amount": 0 if draw.random() < 0.8 else draw_amount(draw, near),
        "amount_requested": draw_amount(draw, near),
        "fee_open": fee,
        "fee_close": fee if draw.random() < 0.8 else draw.choice(FEES),
        "is_open": True,
        "enter_tag": draw.choice((None, "", "tag one")),
        "timeframe": 5,
        "exchange": "binance",
        "is_short": futures and draw.random() < 0.5,
        "trading_mode": "futures" if futures else "spot",
        "leverage": draw.choice(LEVERAGES) if futures else 1.0,
        "amount_precision": draw.choice(AMOUNT_TICKS),
        "price_precision": tick,
        "contract_size": draw.choice((None, 1, 1.0, 0.001, 10.0, 0.01, 100.0)) if futures else 1,
    }


def draw_trade(draw: Draw) -> dict[str, Any]:
    near = draw_scale(draw)
    fields = draw_fields(draw, near)
    if draw.random() < 0.1:
        fields["fee_open_currency"] = fields["fee_close_currency"] = None
    return {"kind": "trade", "trade": fields, "steps": _steps(draw, near, fields["price_precision"])}


def _steps(draw: Draw, near: float, tick: float | None) -> list[list[Any]]:
    at = draw.randint(0, 50)
    first_is_filled = draw.random() < 0.9
    steps = [
        ["enter", draw_price(draw, near, tick), draw_amount(draw, near), at, _stop(draw), first_is_filled]
    ]
    if not first_is_filled:
        steps.append(["fill", at + 5])
    drawn = draw.choices(STEPS, weights=[weight for weight, _ in STEPS], k=draw.randint(3, 10))
    for _, step in drawn:
        at += draw.randint(0, 60)
        steps.append(step(draw, near, tick, at))
    steps += [_profits(draw, near, tick, at), ["select"]]
    if draw.random() < 0.8:
        steps.append(["close", draw_price(draw, near, tick), at + 5, draw.choice(REASONS)])
    steps.append(_profits(draw, near, tick, at))
    return steps


def _stop(draw: Draw) -> float:
    return draw.choice((-0.1, -0.05, -0.99, -0.337, -draw.random(), 0.02))


def draw_enter(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    return [
        "enter",
        draw_price(draw, near, tick),
        draw_amount(draw, near),
        at,
        _stop(draw),
        draw.random() < 0.8,
    ]


def _leave(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    share = draw.choice((0.5, 0.25, 1 / 3, 0.1, draw.random(), 1.0))
    return ["leave", draw_price(draw, near, tick), share, at, draw.random() < 0.85]


def _profits(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    rates = draw_price(draw, near, tick), draw_amount(draw, near), draw_price(draw, near, tick)
    return ["profits", *rates, draw.choice((0.0, 0.01, 0.05, draw.uniform(-0.5, 2)))]


def _adjust(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    price = draw_price(draw, near, tick)
    return ["stop", price, _stop(draw), draw.random() < 0.1, draw.random() < 0.2]


def _rates(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    return ["seen_rates", draw_price(draw, near, tick), draw_price(draw, near, tick)]


def _liquidate(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    return ["liquidation", draw.choice((None, near * draw.uniform(0.5, 1.5)))]


def _fund(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    return ["funding", draw.choice((0.0, draw.uniform(-5, 5), round(draw.uniform(-5, 5), 4)))]


def draw_fill(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    return ["fill", at]


def _cancel(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    return ["cancel"]


def _fee(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    return [
        "fee",
        draw.random(),
        draw.choice(("BNB", "USDT")),
        draw.choice((None, 0.0011)),
        draw.choice(("buy", "sell")),
    ]


def _reported(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    amount = draw_amount(draw, near)
    fields: dict[str, Any] = {"price": draw_price(draw, near, tick), "amount": amount}
    fields["filled"] = draw.choice((amount, amount * draw.random(), 0.0))
    fields["average"] = draw.choice((None, draw_price(draw, near, tick)))
    if draw.random() < 0.3:
        fields["ft_fee_base"] = fields["filled"] * 0.001
    if draw.random() < 0.2:
        fields["status"] = draw.choice(("canceled", "expired", "rejected"))
    return ["exchange_order", draw.choice(("entry", "entry", "exit", "stoploss")), fields, at]


def _notes(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    values = (1, 2.5, True, False, "text", "7", [1, 2], {"a": None}, None, 1e-9, -3)
    return ["notes", [[draw.choice(("a", "b", "Key", "KEY")), draw.choice(values)] for _ in range(4)]]


STEPS = (
    (3, draw_enter),
    (4, _leave),
    (4, _profits),
    (4, _adjust),
    (2, _rates),
    (1, _liquidate),
    (2, _fund),
    (2, draw_fill),
    (1, _cancel),
    (1, _fee),
    (2, _reported),
    (1, _notes),
)


def draw_numbers(draw: Draw) -> dict[str, Any]:
    calls: list[list[Any]] = []
    for _ in range(60):
        near = draw_scale(draw)
        tick = (
            draw.choice(TICKS) if draw.random() < 0.9 else float(f"{draw_scale(draw):.{draw.randint(1, 8)}g}")
        )
        price = draw_price(draw, near, tick)
        if draw.random() < 0.2:
            price = draw.choice(
                (0.0, -price, 0.1 + 0.2, 1.005, 2.675, 1e-7, 123456789.123456789, 5e-324, 1e12, 3, 0)
            )
        calls.append(["price_to_precision", price, tick, draw.choice(("nearest", "up", "down"))])
        calls.append(["amount_to_precision", abs(price), draw.choice(AMOUNT_TICKS)])
        size = draw.choice((None, 1, 1.0, 0.001, 10.0, 1e-4, 3.0, 0.7))
        calls.append(["amount_to_contract_precision", abs(price), draw.choice(AMOUNT_TICKS), size])
        calls.append(["amount_to_contracts", abs(price), size])
        calls.append(["contracts_to_amount", abs(price), size])
        stake, amount = draw.choice((-1, 1)) * draw.uniform(0, 500), draw_amount(draw, near)
        calls.append(["product_over", stake, amount, draw.choice((draw.uniform(0, 500), 100.0, 33.333, 0.0))])
    return {"kind": "numbers", "calls": calls}
