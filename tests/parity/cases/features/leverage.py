"""Futures: shorts, borrowed money, and what ends it."""

from tests.parity.cases import callbacks
from tests.parity.cases.draft import Draft
from tests.parity.cases.features.account import slots


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
