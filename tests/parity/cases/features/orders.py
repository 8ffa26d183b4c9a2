"""How orders are priced, kept waiting, changed and confirmed."""

from tests.parity.cases import callbacks
from tests.parity.cases.draft import Draft


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


def order_filled(draft: Draft) -> None:
    draft.add(callbacks.ORDER_FILLED)


def market_orders(draft: Draft) -> None:
    kinds = ["market", "limit"]
    draft.attributes["order_types"] = {
        "entry": draft.draw.choice(kinds),
        "exit": draft.draw.choice(kinds),
        "stoploss": draft.draw.choice(kinds),
        "stoploss_on_exchange": draft.draw.random() < 0.3,
    }
    draft.exit_share = 0.1
