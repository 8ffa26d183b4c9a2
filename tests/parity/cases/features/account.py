"""How much is staked, in how many trades, and what forbids the next one."""

from tests.parity.cases import callbacks
from tests.parity.cases.draft import Draft
from tests.parity.cases.features.exits import trailing


def custom_stake(draft: Draft) -> None:
    draft.add(callbacks.CUSTOM_STAKE)


def adjust_position(draft: Draft) -> None:
    draw = draft.draw
    draft.attributes["position_adjustment_enable"] = True
    if draw.random() < 0.5:
        draft.attributes["max_entry_position_adjustment"] = draw.choice([0, 1, 3])
    draft.add(callbacks.ADJUST_POSITION, adding=draw.choice([0.03, 0.1]), reducing=draw.choice([0.02, 0.08]))
    draft.exit_share = 0.02
    if draw.random() < 0.4:
        trailing(draft)


def queries(draft: Draft) -> None:
    draft.informative = draft.draw.random() < 0.5
    draft.add(callbacks.QUERIES)


def slots(draft: Draft) -> None:
    draft.pair_count = draft.draw.choice([2, 3, 5])
    draft.config["stake_amount"] = stake = draft.draw.choice(["unlimited", "unlimited", 150, 400.5])
    draft.config["max_open_trades"] = draft.draw.choice([0, 1, 2, 2, 3, 3, 3 if stake == "unlimited" else -1])
    draft.entry_share = 0.1


def wallet(draft: Draft) -> None:
    draw = draft.draw
    slots(draft)
    if draft.config["stake_amount"] == 400.5:  # More than freqtrade lets a small wallet stake.
        draft.config["stake_amount"] = 120.25
    draft.config["tradable_balance_ratio"] = draw.choice([0.3, 0.77, 1.0])
    if draw.random() < 0.4:
        del draft.config["tradable_balance_ratio"]
        draft.config["available_capital"] = draw.choice([150, 600])
    draft.config["amend_last_stake_amount"] = draw.random() < 0.6
    draft.config["last_stake_amount_min_ratio"] = draw.choice([0.2, 0.5, 0.9])
    draft.config["amount_reserve_percent"] = draw.choice([0.05, 0.0, 0.3])


def protections(draft: Draft) -> None:
    draw = draft.draw
    slots(draft)
    draft.config["enable_protections"] = True
    look = {"lookback_period_candles": draw.choice([6, 24])}
    rest = draw.choice(
        [{"stop_duration_candles": draw.choice([2, 12])}, {"stop_duration": 33}, {"unlock_at": "18:30"}]
    )
    choices = [
        {"method": "CooldownPeriod"} | rest,
        {"method": "StoplossGuard", "trade_limit": 2, "only_per_pair": draw.random() < 0.5} | look | rest,
        {"method": "LowProfitPairs", "trade_limit": 1, "required_profit": 0.002} | look | rest,
        {"method": "MaxDrawdown", "trade_limit": 2, "max_allowed_drawdown": 0.005} | look | rest,
    ]
    if draw.random() < 0.5:
        choices[3]["calculation_mode"] = draw.choice(["ratios", "equity"])
    if draft.futures:
        choices[1]["only_per_side"] = draw.random() < 0.5
    draft.attributes["protections"] = draw.sample(choices, draw.choice([1, 2]))
    draft.attributes["stoploss"] = -0.006


def stacking(draft: Draft) -> None:
    draft.config |= {"position_stacking": True, "max_open_trades": draft.draw.choice([2, 4])}
    draft.entry_share = 0.2
