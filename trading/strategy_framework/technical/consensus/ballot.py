"""Counting votes, and what makes a vote of a rule.

A rule says where an indicator buys and where it sells. The decorators give it the arguments that most of
the original's votes have: what its column is called, and what a vote for buying and for selling weighs.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd

Sides = tuple[Any, Any]
"""On which candles a rule buys, and on which it sells."""
Vote = Callable[..., None]


class Ballot:
    """A copy of the candles, the columns that votes left there, and the weight of all votes."""

    def __init__(self, dataframe: pd.DataFrame) -> None:
        self.dataframe = dataframe.copy()
        self.buy_weights: float = 0
        self.sell_weights: float = 0

    def score(self, prefix: str = "consensus", smooth: int | None = None) -> dict[str, pd.Series]:
        """Return `buy` and `sell` from 0 to 100, and how many votes agree and disagree."""
        votes = {
            side: self.dataframe.filter(regex=f"^{side}_.*").fillna(0).filter(regex=f"^({side})_.*")
            for side in ("sell", "buy")
        }
        result: dict[str, pd.Series] = {}
        for side, weights in (("sell", self.sell_weights), ("buy", self.buy_weights)):
            share = votes[side].sum(axis=1) / weights * 100
            name = f"{prefix}_score_{side}"
            self.dataframe[name] = share if smooth is None else share.rolling(smooth).mean()
            result[side] = self.dataframe[name]
        for side in ("buy", "sell"):
            result[f"{side}_agreement"] = votes[side].sum(axis=1)
        for side in ("buy", "sell"):
            result[f"{side}_disagreement"] = votes[side].count(axis=1) - votes[side].sum(axis=1)
        return result

    def _keep(self, column: str, line: Any) -> pd.Series:
        """Return an indicator as a column of the candles."""
        self.dataframe[column] = line
        return self.dataframe[column]

    def _vote(self, column: str, sides: Sides, impact_buy: float, impact_sell: float) -> None:
        """Count a vote, and mark in `buy_…` and `sell_…` where it is given."""
        self.buy_weights += impact_buy
        self.sell_weights += impact_sell
        self._mark(column, sides, impact_buy, impact_sell)

    def _mark(self, column: str, sides: Sides, buying: float, selling: float) -> None:
        buys, sells = sides
        self.dataframe.loc[buys, f"buy_{column}"] = 1 * buying
        self.dataframe.loc[sells, f"sell_{column}"] = 1 * selling


def outside(line: pd.Series, low: float, high: float) -> Sides:
    """Buy below `low`, sell above `high`."""
    return line < low, line > high


def above(line: Any, other: Any) -> Sides:
    """Buy where the line is above the other, sell where it is below."""
    return line > other, line < other


def vote(prefix: str) -> Callable[[Callable[[Any, str], Sides]], Vote]:
    """Make a vote of a rule without settings; its column has the name of the prefix."""

    def of(rule: Callable[[Any, str], Sides]) -> Vote:
        def evaluate(
            self: Ballot, prefix: str = prefix, impact_buy: float = 1, impact_sell: float = 1
        ) -> None:
            self._vote(prefix, rule(self, prefix), impact_buy, impact_sell)

        return _named(evaluate, rule)

    return of


def vote_over(prefix: str, period: int) -> Callable[[Callable[[Any, str, int], Sides]], Vote]:
    """Make a vote of a rule over a period; its column is called `<prefix>_<period>`."""

    def of(rule: Callable[[Any, str, int], Sides]) -> Vote:
        def evaluate(
            self: Ballot,
            period: int = period,
            prefix: str = prefix,
            impact_buy: float = 1,
            impact_sell: float = 1,
        ) -> None:
            column = f"{prefix}_{period}"
            self._vote(column, rule(self, column, period), impact_buy, impact_sell)

        return _named(evaluate, rule)

    return of


def average_vote(prefix: str) -> Callable[[Callable[[Any, int], Any]], Vote]:
    """Make a vote of an average: buy a field above it, sell one below; called `<prefix>_<field>_<period>`."""

    def of(average: Callable[[Any, int], Any]) -> Vote:
        def evaluate(
            self: Ballot,
            period: int,
            field: str = "close",
            prefix: str = prefix,
            impact_buy: float = 1,
            impact_sell: float = 1,
        ) -> None:
            column = f"{prefix}_{field}_{period}"
            line = self._keep(column, average(self, period))
            self._vote(column, above(self.dataframe[field], line), impact_buy, impact_sell)

        return _named(evaluate, average)

    return of


def _named(evaluate: Vote, rule: Callable[..., Any]) -> Vote:
    """Give a vote the rule's name and words, but not its arguments."""
    evaluate.__name__, evaluate.__qualname__, evaluate.__doc__ = (
        rule.__name__,
        rule.__qualname__,
        rule.__doc__,
    )
    return evaluate
