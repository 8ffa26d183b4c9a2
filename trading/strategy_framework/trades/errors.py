"""What can go wrong in a strategy's accounts.

StrategyError
├── NoTradeBook        trades or locks were asked for where no run is active
├── StakeUnavailable   the wallet holds less than the stake of one trade
├── LeverageRefused    no leverage tier holds the position
├── LiquidationUnknown the market lacks what the liquidation formula needs
└── BadTerms           a setting that no run can have; names the key and the value
"""

from trading.strategy_framework.errors import StrategyError


class NoTradeBook(StrategyError):
    """Trades, orders or locks were asked for outside of a run."""

    code = "trades.no_book"

    def __init__(self) -> None:
        super().__init__("no trade book is active here: ask for trades and locks from a strategy's callbacks")


class StakeUnavailable(StrategyError):
    """The wallet can't pay for one more trade."""

    code = "trades.stake_unavailable"

    def __init__(self, available: float, stake: float, currency: str) -> None:
        super().__init__(
            f"Available balance ({available} {currency}) is lower than stake amount ({stake} {currency})"
        )
        self.available = available
        self.stake = stake


class LeverageRefused(StrategyError):
    """A position that the pair's leverage tiers don't hold."""

    code = "trades.leverage_refused"


class BadTerms(StrategyError, ValueError):
    """A setting that no run can have."""

    code = "trades.bad_terms"

    def __init__(self, key: str, value: object, needed: str) -> None:
        super().__init__(f"{key}: {needed} (got {value!r})")
        self.key = key
        self.value = value


class LiquidationUnknown(StrategyError):
    """A market that lacks what its venue's liquidation formula needs."""

    code = "trades.liquidation_unknown"

    def __init__(self, pair: str, problem: str) -> None:
        super().__init__(f"{pair}: the liquidation price can't be known: {problem}")
        self.pair = pair
