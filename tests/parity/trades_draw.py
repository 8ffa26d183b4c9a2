"""Seeded scenarios for the differential test of trades: plain JSON, the same for both sides."""

import random
from typing import Any

START_S = 1_709_251_200  # 2024-03-01, the start of `trades_steps`
TICKS = (None, 1e-8, 1e-6, 1e-5, 1e-4, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 2.5e-7, 10.0, 0.0003)
AMOUNT_TICKS = (None, 1e-8, 1e-6, 1e-5, 1e-4, 0.001, 0.01, 0.1, 1.0, 10.0)
FEES = (0.0, 0.001, 0.0005, 0.00075, 0.0026, 0.0002, 0.1, 0)
LEVERAGES = (1.0, 1.0, 2.0, 3.0, 5.0, 10.0, 1.5, 3.3, 20.0, 7.123)
REASONS = ("roi", "stop_loss", "trailing_stop_loss", "exit_signal", "liquidation", "stoploss_on_exchange")
PAIRS = ("A/USDT", "B/USDT", "C/USDT")

Draw = random.Random


def scenario(seed: int) -> dict[str, Any]:
    """Return the scenario of a seed; seeds take turns among the kinds."""
    draw = Draw(seed)
    kinds = (_trade, _trade, _trade, _numbers, _account, _market, _ticks, _account)
    return kinds[seed % len(kinds)](draw)


def _scale(draw: Draw) -> float:
    return 10 ** draw.uniform(-6, 5)


def _price(draw: Draw, near: float, tick: float | None = None, spread: float = 0.2) -> float:
    """Return a price about `near`: on the tick, on round decimals, or with all its digits."""
    raw = near * (1 + draw.uniform(-spread, spread))
    style = draw.random()
    if tick and style < 0.5:
        return round(round(raw / tick) * tick, 12) or tick
    if style < 0.75:
        return float(f"{raw:.{draw.randint(3, 10)}g}")
    return raw


def _amount(draw: Draw, near: float) -> float:
    raw = draw.uniform(5, 5000) / near
    return raw if draw.random() < 0.5 else float(f"{raw:.{draw.randint(3, 9)}g}")


def _fields(draw: Draw, near: float) -> dict[str, Any]:
    futures = draw.random() < 0.5
    fee = draw.choice(FEES) if draw.random() < 0.8 else draw.uniform(0, 0.01)
    tick = draw.choice([each for each in TICKS if each is None or each <= near * 0.1])
    return {
        "id": draw.randint(1, 9999),
        "pair": "ETH/USDT:USDT" if futures else draw.choice(PAIRS),
        "base_currency": draw.choice(("ETH", None, "")),
        "stake_currency": draw.choice(("USDT", None)),
        "open_rate": _price(draw, near, tick),
        "open_rate_requested": near,
        "stake_amount": draw.uniform(10, 5000),
        "amount": 0 if draw.random() < 0.8 else _amount(draw, near),
        "amount_requested": _amount(draw, near),
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


def _trade(draw: Draw) -> dict[str, Any]:
    near = _scale(draw)
    fields = _fields(draw, near)
    if draw.random() < 0.1:
        fields["fee_open_currency"] = fields["fee_close_currency"] = None
    return {"kind": "trade", "trade": fields, "steps": _steps(draw, near, fields["price_precision"])}


def _steps(draw: Draw, near: float, tick: float | None) -> list[list[Any]]:
    at = draw.randint(0, 50)
    first_is_filled = draw.random() < 0.9
    steps = [["enter", _price(draw, near, tick), _amount(draw, near), at, _stop(draw), first_is_filled]]
    if not first_is_filled:
        steps.append(["fill", at + 5])
    drawn = draw.choices(STEPS, weights=[weight for weight, _ in STEPS], k=draw.randint(3, 10))
    for _, step in drawn:
        at += draw.randint(0, 60)
        steps.append(step(draw, near, tick, at))
    steps += [_profits(draw, near, tick, at), ["select"]]
    if draw.random() < 0.8:
        steps.append(["close", _price(draw, near, tick), at + 5, draw.choice(REASONS)])
    steps.append(_profits(draw, near, tick, at))
    return steps


def _stop(draw: Draw) -> float:
    return draw.choice((-0.1, -0.05, -0.99, -0.337, -draw.random(), 0.02))


def _enter(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    return ["enter", _price(draw, near, tick), _amount(draw, near), at, _stop(draw), draw.random() < 0.8]


def _leave(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    share = draw.choice((0.5, 0.25, 1 / 3, 0.1, draw.random(), 1.0))
    return ["leave", _price(draw, near, tick), share, at, draw.random() < 0.85]


def _profits(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    rates = _price(draw, near, tick), _amount(draw, near), _price(draw, near, tick)
    return ["profits", *rates, draw.choice((0.0, 0.01, 0.05, draw.uniform(-0.5, 2)))]


def _adjust(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    price = _price(draw, near, tick)
    return ["stop", price, _stop(draw), draw.random() < 0.1, draw.random() < 0.2]


def _rates(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    return ["seen_rates", _price(draw, near, tick), _price(draw, near, tick)]


def _liquidate(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    return ["liquidation", draw.choice((None, near * draw.uniform(0.5, 1.5)))]


def _fund(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    return ["funding", draw.choice((0.0, draw.uniform(-5, 5), round(draw.uniform(-5, 5), 4)))]


def _fill(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
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
    amount = _amount(draw, near)
    fields: dict[str, Any] = {"price": _price(draw, near, tick), "amount": amount}
    fields["filled"] = draw.choice((amount, amount * draw.random(), 0.0))
    fields["average"] = draw.choice((None, _price(draw, near, tick)))
    if draw.random() < 0.3:
        fields["ft_fee_base"] = fields["filled"] * 0.001
    if draw.random() < 0.2:
        fields["status"] = draw.choice(("canceled", "expired", "rejected"))
    return ["exchange_order", draw.choice(("entry", "entry", "exit", "stoploss")), fields, at]


def _notes(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    values = (1, 2.5, True, False, "text", "7", [1, 2], {"a": None}, None, 1e-9, -3)
    return ["notes", [[draw.choice(("a", "b", "Key", "KEY")), draw.choice(values)] for _ in range(4)]]


STEPS = (
    (3, _enter),
    (4, _leave),
    (4, _profits),
    (4, _adjust),
    (2, _rates),
    (1, _liquidate),
    (2, _fund),
    (2, _fill),
    (1, _cancel),
    (1, _fee),
    (2, _reported),
    (1, _notes),
)


def _numbers(draw: Draw) -> dict[str, Any]:
    calls: list[list[Any]] = []
    for _ in range(60):
        near = _scale(draw)
        tick = draw.choice(TICKS) if draw.random() < 0.9 else float(f"{_scale(draw):.{draw.randint(1, 8)}g}")
        price = _price(draw, near, tick)
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
        stake, amount = draw.choice((-1, 1)) * draw.uniform(0, 500), _amount(draw, near)
        calls.append(["product_over", stake, amount, draw.choice((draw.uniform(0, 500), 100.0, 33.333, 0.0))])
    return {"kind": "numbers", "calls": calls}


def _tiers(draw: Draw) -> list[list[float | None]]:
    lower, leverage, amount = 0.0, draw.choice((125.0, 75.0, 50.0, 20.0)), 0.0
    tiers: list[list[float | None]] = []
    for number in range(draw.randint(1, 5)):
        upper = (lower or 5000.0) * draw.choice((2, 5, 10))
        tiers.append([lower, upper, round(0.005 * (number + 1), 4), leverage, amount])
        lower, leverage, amount = upper, max(1.0, leverage // 2), amount + lower * 0.005
    if draw.random() < 0.3:
        tiers[-1][1] = None
    return tiers


def _market(draw: Draw) -> dict[str, Any]:
    near = _scale(draw)
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
        "leverage_tiers": _tiers(draw) if draw.random() < 0.9 else [],
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
        "marks": [marks, [_price(draw, near) for _ in marks]],
        "missing_rate": draw.choice((None, None, 0, 0.0001)),
        "calls": calls,
    }


def _market_call(draw: Draw, near: float) -> list[Any]:
    price, leverage = _price(draw, near), draw.choice(LEVERAGES)
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
    return [name, _amount(draw, near), draw.random() < 0.5, opened, opened + draw.randint(0, 5000)]


def _ticks(draw: Draw) -> dict[str, Any]:
    near = max(_scale(draw), 0.1)  # below, freqtrade's power of ten overflows at 19 decimals
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


def _protection(draw: Draw) -> dict[str, Any]:
    method = draw.choice(("CooldownPeriod", "StoplossGuard", "LowProfitPairs", "MaxDrawdown"))
    settings: dict[str, Any] = {"method": method}
    if draw.random() < 0.8:
        key = draw.choice(("lookback_period", "lookback_period_candles"))
        settings[key] = draw.choice((0, 1, 12, 60, 300, 1440))
    ends = (
        {},
        {"stop_duration": 20},
        {"stop_duration": 1},
        {"stop_duration_candles": 3},
        {"unlock_at": "18:30"},
    )
    settings |= draw.choice(ends)
    settings |= draw.choice(({}, {"trade_limit": draw.randint(0, 3)}))
    settings |= draw.choice(({}, {"required_profit": draw.choice((0.02, -0.05, 0))}))
    settings |= draw.choice(({}, {"only_per_side": True}, {"only_per_pair": True}))
    settings |= draw.choice(({}, {"max_allowed_drawdown": draw.choice((0.01, 0.1, 0))}))
    return settings | draw.choice(({}, {"calculation_mode": draw.choice(("ratios", "equity"))}))


def _account(draw: Draw) -> dict[str, Any]:
    futures = draw.random() < 0.5
    terms = {
        "trading_mode": "futures" if futures else "spot",
        "margin_mode": draw.choice(("isolated", "cross")) if futures else "",
        "exchange": draw.choice(("binance", "binance", "hyperliquid")),
        "stake_amount": draw.choice(("unlimited", 100.0, 1000.0)),
        "tradable_balance_ratio": draw.choice((0.99, 1.0, 0.5)),
        "starting_balance": draw.choice((1000.0, 12_345.678, 50.0)),
        "amend_last_stake_amount": draw.random() < 0.5,
        "last_stake_amount_min_ratio": draw.choice((0.5, 0.1)),
    }
    if draw.random() < 0.3:
        terms["available_capital"] = draw.choice((500.0, 0.0))
    if terms["margin_mode"] != "cross" and draw.random() < 0.3:
        terms["other_balances"] = {"A": 5.5, "XYZ": 3.0}
    nears = {pair: _scale(draw) for pair in PAIRS}
    at, steps = 0, []
    opened: dict[int, tuple[float, float | None]] = {}
    for number in range(1, draw.randint(3, 14)):
        near, tick = _open_one(draw, nears, futures=futures, at=at, number=number, steps=steps)
        opened[number] = near, tick
        for _ in range(draw.randint(0, 4)):
            at += draw.randint(0, 120)
            steps.append(_account_step(draw, opened, at))
            if steps[-1][0] == "close":
                del opened[steps[-1][1]]
    protections = [_protection(draw) for _ in range(draw.randint(0, 4))]
    tiers = {pair: _tiers(draw) if draw.random() < 0.9 else [] for pair in PAIRS}
    return {"kind": "account", "terms": terms, "protections": protections, "tiers": tiers, "steps": steps}


def _open_one(
    draw: Draw, nears: dict[str, float], *, futures: bool, at: int, number: int, steps: list[list[Any]]
) -> tuple[float, float | None]:
    pair = draw.choice(PAIRS)
    fields = _fields(draw, nears[pair]) | {"pair": pair, "id": number, "base_currency": None, "amount": 0}
    fields["trading_mode"] = "futures" if futures else "spot"
    if not futures:
        fields |= {"is_short": False, "leverage": 1.0, "contract_size": 1}
    near, tick = nears[pair], fields["price_precision"]
    steps.append(["open", number, fields, _enter(draw, near, tick, at)[1:]])
    return near, tick


def _account_step(draw: Draw, opened: dict[int, tuple[float, float | None]], at: int) -> list[Any]:
    choice = draw.random()
    if opened and choice < 0.65:
        number = draw.choice(list(opened))
        return _trade_step(draw, number, *opened[number], at)
    if choice < 0.8:
        wanted = draw.choice((None, 0, -5, "text", draw.uniform(0, 2000), 100))
        least = draw.choice((None, 0, draw.uniform(0, 200)))
        most = draw.choice((draw.uniform(0, 3000), 1e9))
        return ["stake", draw.choice((1, 2, 3, 0, 5.0)), wanted, least, most, draw.choice((None, 0.0, 100.0))]
    if choice < 0.9:
        return _lock(draw, at)
    if choice < 0.95:
        return ["update"]
    filters: dict[str, Any] = {
        "pair": draw.choice((None, *PAIRS)),
        "is_open": draw.choice((None, True, False)),
    }
    filters |= draw.choice(({}, {"open_date": draw.randint(0, at)}, {"close_date": draw.randint(0, at)}))
    return ["query", filters]


def _trade_step(draw: Draw, number: int, near: float, tick: float | None, at: int) -> list[Any]:
    choice = draw.random()
    if choice < 0.6:
        return ["close", number, _price(draw, near, tick), at, draw.choice(REASONS)]
    if choice < 0.75:
        return ["liquidate", number]
    step = draw.choice((_enter, _leave_part, _fill))(draw, near, tick, at)
    return ["step", number, step[0], step[1:]]


def _leave_part(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    return ["leave", _price(draw, near, tick), draw.choice((0.5, 0.25, 0.1)), at, draw.random() < 0.8]


def _lock(draw: Draw, at: int) -> list[Any]:
    pair = draw.choice((*PAIRS, "*"))
    named: dict[str, Any] = {"now": at, "side": draw.choice(("*", "long", "short"))}
    name = draw.choice(
        (
            "lock_pair",
            "lock_pair",
            "get_pair_locks",
            "is_pair_locked",
            "is_global_lock",
            "unlock_pair",
            "get_pair_longest_lock",
        )
    )
    if name == "lock_pair":
        reason = draw.choice((None, "why", "Cooldown"))
        return ["lock", name, [pair], named | {"until": at + draw.uniform(-5, 300), "reason": reason}]
    return ["lock", name, [] if name == "is_global_lock" else [pair], named]
