"""What the candles are like, and which of them a strategy reads."""

from tests.parity.cases.draft import Draft
from tests.parity.cases.features.exits import trailing


def detail(draft: Draft) -> None:
    draft.timeframe, draft.detail = draft.draw.choice([("5m", "1m"), ("15m", "5m"), ("1h", "5m")])
    draft.candle_count = 120


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


def informative(draft: Draft) -> None:
    draft.informative = True
    startup(draft)


def expired(draft: Draft) -> None:
    detail(draft)
    draft.attributes["ignore_buying_expired_candle_after"] = draft.draw.choice([60, 200, 600])
    draft.exit_share = 0.1
    draft.attributes["stoploss"] = -0.004
