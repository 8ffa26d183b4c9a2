"""What ends a trade: signals, returns, stops, and the strategy's own reasons."""

from tests.parity.cases import callbacks
from tests.parity.cases.draft import Draft


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
