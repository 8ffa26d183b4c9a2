"""The features of a backtest, one function each: what it needs, with random numbers."""

from collections.abc import Callable

from tests.parity.cases import callbacks
from tests.parity.cases.draft import Draft
from tests.parity.cases.odd_callbacks import ODD

Feature = Callable[[Draft], None]


def signals(draft: Draft) -> None:
    draft.exit_share = draft.draw.choice([0.02, 0.06, 0.15])


def roi(draft: Draft) -> None:
    draw = draft.draw
    tables = [
        {"0": draw.choice([0.002, 0.005, 0.01, 0.03])},
        {"0": 0.03, "30": 0.01, "60": 0.004, "120": 0},
        {"0": 0.02, "25": 0.008, "61": 0.002, "200": -1},
        {"0": 0.05, "15": -1},
        {"10": 0.004, "45": -0.005},
        {"0": 0.01, "7": 0.004, "33": -0.002},
        {"0": draw.uniform(0.001, 0.02), str(draw.randrange(1, 100)): draw.uniform(-0.01, 0.01)},
    ]
    draft.attributes["minimal_roi"] = draw.choice(tables)
    draft.exit_share = draw.choice([0.0, 0.01])


def stop(draft: Draft) -> None:
    draft.attributes["stoploss"] = draft.draw.choice([-0.003, -0.01, -0.02, -draft.draw.uniform(0.002, 0.03)])
    draft.exit_share = 0.01


def trailing(draft: Draft) -> None:
    draw = draft.draw
    stop(draft)
    draft.attributes["trailing_stop"] = True
    if draw.random() < 0.7:
        positive = draw.choice([0.002, 0.005, 0.01])
        offset = draw.choice([0.0, 0.0, positive * 1.5, positive + 0.005])
        draft.attributes |= {"trailing_stop_positive": positive, "trailing_stop_positive_offset": offset}
        draft.attributes["trailing_only_offset_is_reached"] = offset > 0 and draw.random() < 0.6
    if draw.random() < 0.4:
        roi(draft)


def profit_only(draft: Draft) -> None:
    draft.exit_share = 0.2
    draft.attributes["exit_profit_only"] = True
    draft.attributes["exit_profit_offset"] = draft.draw.choice([0.0, 0.002, 0.01, -0.003])


def ignore_roi(draft: Draft) -> None:
    roi(draft)
    draft.entry_share = 0.4
    draft.attributes["ignore_roi_if_entry_signal"] = True


def no_exit_signal(draft: Draft) -> None:
    draft.attributes["use_exit_signal"] = False
    roi(draft)


def custom_stoploss(draft: Draft) -> None:
    draw = draft.draw
    draft.attributes |= {"use_custom_stoploss": True, "stoploss": draw.choice([-0.03, -0.1])}
    after_fill = "after_fill, " if draw.random() < 0.5 else ""
    draft.add(callbacks.CUSTOM_STOPLOSS, after_fill=after_fill, width=draw.choice([0.005, 0.02]))
    draft.exit_share = 0.01


def custom_exit(draft: Draft) -> None:
    draft.add(callbacks.CUSTOM_EXIT, profit=draft.draw.choice([0.005, 0.02]))


def custom_roi(draft: Draft) -> None:
    if draft.draw.random() < 0.6:
        roi(draft)
    draft.attributes["use_custom_roi"] = True
    draft.add(callbacks.CUSTOM_ROI, profit=draft.draw.choice([0.003, 0.01, 0.02]))


def entry_price(draft: Draft) -> None:
    draw = draft.draw
    draft.add(callbacks.CUSTOM_ENTRY_PRICE, width=draw.choice([0.004, 0.02]), bias=draw.choice([0.5, 0.8]))
    timeout(draft)


def exit_price(draft: Draft) -> None:
    draw = draft.draw
    draft.add(callbacks.CUSTOM_EXIT_PRICE, width=draw.choice([0.004, 0.02]), bias=draw.choice([0.2, 0.5]))
    timeout(draft)
    draft.exit_share = 0.15


def timeout(draft: Draft) -> None:
    draw = draft.draw
    draft.config["unfilledtimeout"] = {
        "entry": draw.choice([5, 10, 30, 1000]),
        "exit": draw.choice([5, 10, 30, 1000]),
        "unit": "minutes",
    }


def timeouts(draft: Draft) -> None:
    entry_price(draft)
    exit_price(draft)
    if draft.draw.random() < 0.6:
        draft.add(callbacks.TIMEOUTS)


def adjust_orders(draft: Draft) -> None:
    entry_price(draft)
    exit_price(draft)
    draft.config["unfilledtimeout"] |= {"entry": 600, "exit": 600}
    width = draft.draw.choice([0.004, 0.02])
    if draft.draw.random() < 0.3:
        draft.add(callbacks.ADJUST_ORDER_PRICE, width=width)
        return
    draft.add(callbacks.ADJUST_ENTRY_PRICE, width=width)
    if draft.draw.random() < 0.7:
        draft.add(callbacks.ADJUST_EXIT_PRICE, width=width)


def confirm(draft: Draft) -> None:
    draft.add(callbacks.CONFIRM_ENTRY, share=draft.draw.choice([0.5, 0.9]))
    draft.add(callbacks.CONFIRM_EXIT, share=draft.draw.choice([0.3, 0.8]))


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


def order_filled(draft: Draft) -> None:
    draft.add(callbacks.ORDER_FILLED)


def queries(draft: Draft) -> None:
    draft.informative = draft.draw.random() < 0.5
    draft.add(callbacks.QUERIES)


def futures(draft: Draft) -> None:
    draft.futures = True
    draft.attributes["can_short"] = True
    draft.funding_late = draft.draw.random() < 0.2
    if draft.draw.random() < 0.3:
        draft.config["futures_funding_rate"] = draft.draw.choice([0.0, 0.0002])
    if not draft.detail:
        draft.timeframe = draft.draw.choice(["5m", "15m", "1h"])


def leverage(draft: Draft) -> None:
    futures(draft)
    draft.add(callbacks.LEVERAGE, leverage=draft.draw.choice([2.0, 3.0, 10.0, 30.0]))
    draft.attributes.setdefault("stoploss", draft.draw.choice([-0.05, -0.3, -0.9]))


def liquidation(draft: Draft) -> None:
    leverage(draft)
    draft.wildness = draft.draw.choice([3.0, 6.0])
    draft.attributes["stoploss"] = -0.99
    draft.config["margin_mode"] = "isolated"
    draft.exit_share = 0.01
    if draft.draw.random() < 0.5:
        slots(draft)


def cross_margin(draft: Draft) -> None:
    liquidation(draft)
    draft.config["margin_mode"] = "cross"
    draft.config["liquidation_buffer"] = draft.draw.choice([0.05, 0.0, 0.2])


def flips(draft: Draft) -> None:
    futures(draft)
    draft.entry_share, draft.exit_share = 0.15, 0.2


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


def detail(draft: Draft) -> None:
    draft.timeframe, draft.detail = draft.draw.choice([("5m", "1m"), ("15m", "5m"), ("1h", "5m")])
    draft.candle_count = 120


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


def startup(draft: Draft) -> None:
    draft.attributes["startup_candle_count"] = draft.draw.choice([1, 20, 60])
    draft.timerange = draft.draw.random() < 0.7


def gaps(draft: Draft) -> None:
    draft.pair_count = draft.draw.choice([1, 2, 3])
    draft.holes = True
    draft.late_start = draft.draw.random() < 0.5
    draft.early_end = draft.draw.random() < 0.3
    draft.lost_pair = draft.draw.random() < 0.2


def raw_prices(draft: Draft) -> None:
    draft.raw_prices = True
    draft.pair_count = 2
    trailing(draft)


def market_orders(draft: Draft) -> None:
    kinds = ["market", "limit"]
    draft.attributes["order_types"] = {
        "entry": draft.draw.choice(kinds),
        "exit": draft.draw.choice(kinds),
        "stoploss": draft.draw.choice(kinds),
        "stoploss_on_exchange": draft.draw.random() < 0.3,
    }
    draft.exit_share = 0.1


def informative(draft: Draft) -> None:
    draft.informative = True
    startup(draft)


def parameters(draft: Draft) -> None:
    draw = draft.draw
    draft.parameters = True
    if draw.random() < 0.6:
        draft.beside = {
            "buy": {"window": draw.choice([3, 8]), "share": 0.04},
            "sell": {"exit_share": draw.choice([0.02, 0.1])},
        }
    if draw.random() < 0.5:
        draft.beside |= {"roi": {"0": 0.02, "40": 0.004}, "stoploss": {"stoploss": -0.012}}
    if draw.random() < 0.3:
        draft.beside["trailing"] = {
            "trailing_stop": True,
            "trailing_stop_positive": 0.003,
            "trailing_stop_positive_offset": 0.006,
            "trailing_only_offset_is_reached": True,
        }
        draft.beside["max_open_trades"] = {"max_open_trades": 2}
    if draw.random() < 0.3:
        draft.attributes["buy_params"] = {"window": 4, "side": "both", "strict": True}


def expired(draft: Draft) -> None:
    detail(draft)
    draft.attributes["ignore_buying_expired_candle_after"] = draft.draw.choice([60, 200, 600])
    draft.exit_share = 0.1
    draft.attributes["stoploss"] = -0.004


def legacy(draft: Draft) -> None:
    draft.legacy = True


def odd_answers(draft: Draft) -> None:
    draw = draft.draw
    for text in draw.sample(ODD, draw.choice([1, 2, 4])):
        draft.add(text)
    draft.attributes |= {"use_custom_stoploss": True, "use_custom_roi": True, "stoploss": -0.05}
    draft.attributes["position_adjustment_enable"] = True
    if draw.random() < 0.5:
        futures(draft)


def odd_signals(draft: Draft) -> None:
    draft.odd_signals = True
    if draft.draw.random() < 0.5:
        flips(draft)


def config_over_strategy(draft: Draft) -> None:
    draw = draft.draw
    draft.attributes |= {"stoploss": -0.2, "max_open_trades": 1}
    draft.config |= {
        "stoploss": draw.choice([-0.005, -0.02]),
        "minimal_roi": {"0": draw.choice([0.004, 0.02])},
    }
    draft.config["max_open_trades"] = 2
    draft.pair_count = 3


def stacking(draft: Draft) -> None:
    draft.config |= {"position_stacking": True, "max_open_trades": draft.draw.choice([2, 4])}
    draft.entry_share = 0.2


FEATURES: dict[str, Feature] = {
    name: feature
    for name, feature in globals().items()
    if callable(feature) and getattr(feature, "__module__", "") == __name__
}
