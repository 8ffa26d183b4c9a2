"""How a strategy's author writes: parameters, old names, settings elsewhere, odd answers."""

from tests.parity.cases.draft import Draft
from tests.parity.cases.features.leverage import flips, futures
from tests.parity.cases.odd_callbacks import ODD


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
