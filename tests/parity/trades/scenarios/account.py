"""Scenarios of an account with several trades."""

from typing import Any

from tests.parity.trades.scenarios.draws import PAIRS, REASONS, Draw, draw_price, draw_scale
from tests.parity.trades.scenarios.market import draw_tiers
from tests.parity.trades.scenarios.one_trade import draw_enter, draw_fields, draw_fill


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


def draw_account(draw: Draw) -> dict[str, Any]:
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
    nears = {pair: draw_scale(draw) for pair in PAIRS}
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
    tiers = {pair: draw_tiers(draw) if draw.random() < 0.9 else [] for pair in PAIRS}
    return {"kind": "account", "terms": terms, "protections": protections, "tiers": tiers, "steps": steps}


def _open_one(
    draw: Draw, nears: dict[str, float], *, futures: bool, at: int, number: int, steps: list[list[Any]]
) -> tuple[float, float | None]:
    pair = draw.choice(PAIRS)
    fields = draw_fields(draw, nears[pair]) | {"pair": pair, "id": number, "base_currency": None, "amount": 0}
    fields["trading_mode"] = "futures" if futures else "spot"
    if not futures:
        fields |= {"is_short": False, "leverage": 1.0, "contract_size": 1}
    near, tick = nears[pair], fields["price_precision"]
    steps.append(["open", number, fields, draw_enter(draw, near, tick, at)[1:]])
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
        return ["close", number, draw_price(draw, near, tick), at, draw.choice(REASONS)]
    if choice < 0.75:
        return ["liquidate", number]
    step = draw.choice((draw_enter, _leave_part, draw_fill))(draw, near, tick, at)
    return ["step", number, step[0], step[1:]]


def _leave_part(draw: Draw, near: float, tick: float | None, at: int) -> list[Any]:
    return ["leave", draw_price(draw, near, tick), draw.choice((0.5, 0.25, 0.1)), at, draw.random() < 0.8]


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
