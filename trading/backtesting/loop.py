"""The loop: judge each closed candle as the live host does, fill at the next candle's open.

Long only, one position at a time. A decision after candle `i` uses candles up to `i` alone and is
filled at the open of candle `i + 1`, in full, with the fee on both sides. Stop and minimal return
are judged at the close, like live: a candle that only touches a stop does not fill there. What is
open at the end is closed at the last close, with the reason `end_of_data`.

Accounting is exact in the sense that equity = capital + sum of profits at every flat moment.
"""

from collections.abc import Sequence

import msgspec
import pandas as pd

from trading.backtesting.errors import BadCandles
from trading.backtesting.simple_result import (
    BacktestResult,
    BacktestTrade,
    Terms,
    drawdown_max,
    profit_factor,
)
from trading.strategy_framework import IStrategy
from trading.strategy_framework.candle_times import timeframe_to_minutes
from trading.strategy_framework.forecasts import KnownForecast, join_forecasts
from trading.strategy_framework.signals import (
    Action,
    Decision,
    OpenPosition,
    analyze,
    decide,
    signal_row,
)

DEFAULT_TERMS = Terms()


class _Holding(msgspec.Struct, frozen=True):
    """An open position; `opened` is the index of its entry candle."""

    opened: int
    price: float
    size: float
    stake: float
    tag: str


class _Account:
    """Cash, the position, and the trades that were closed."""

    def __init__(self, symbol: str, terms: Terms) -> None:
        self._symbol, self._fee, self._stake_ratio = symbol, terms.fee, terms.stake_ratio
        self.cash = terms.capital
        self.fees = 0.0
        self.holding: _Holding | None = None
        self.trades: list[BacktestTrade] = []

    def enter(self, index: int, price: float, tag: str) -> None:
        """Spend the stake, fee included."""
        stake = self.cash * self._stake_ratio
        size = stake / (price * (1 + self._fee))
        self.fees += size * price * self._fee
        self.cash -= stake
        self.holding = _Holding(opened=index, price=price, size=size, stake=stake, tag=tag)

    def leave(self, index: int, price: float, dates: Sequence[pd.Timestamp], reason: str) -> None:
        """Sell everything and record the trade; `dates` are the candles' open times."""
        held = self.holding
        assert held is not None, "only what is held can be sold"
        proceeds = held.size * price * (1 - self._fee)
        self.fees += held.size * price * self._fee
        self.cash += proceeds
        self.holding = None
        self.trades.append(
            BacktestTrade(
                symbol=self._symbol,
                opened_at=dates[held.opened].isoformat(),
                closed_at=dates[index].isoformat(),
                entry_price=held.price,
                exit_price=price,
                size=held.size,
                stake=held.stake,
                profit=proceeds - held.stake,
                profit_ratio=proceeds / held.stake - 1,
                enter_tag=held.tag,
                exit_reason=reason,
                candles_held=index - held.opened,
            )
        )

    def equity(self, price: float) -> float:
        """Return cash and the position at `price`."""
        return self.cash + (self.holding.size * price if self.holding else 0.0)


def run_backtest(
    strategy: IStrategy,
    candles: pd.DataFrame,
    *,
    symbol: str,
    name: str | None = None,
    forecasts: Sequence[KnownForecast] = (),
    terms: Terms = DEFAULT_TERMS,
) -> BacktestResult:
    """Run a strategy over candles (columns `date`, `open` … `volume`; ascending, UTC).

    The first `startup_candle_count` candles only warm the indicators up.

    Raises:
        BadCandles: too few candles.
        StrategyFailed: the strategy raised or broke its contract.
    """
    start = strategy.startup_candle_count
    if len(candles) < start + 2:
        raise BadCandles(
            f"{len(candles)} candles are too few: {strategy.get_strategy_name()} needs {start} to warm up "
            "and two to trade on"
        )
    frame = candles.reset_index(drop=True)
    if strategy.uses_forecasts:
        frame = join_forecasts(frame, strategy.timeframe, forecasts)
    rows = analyze(strategy, frame, symbol).to_dict("records")
    account = _Account(symbol, terms)
    dates: list[pd.Timestamp] = list(frame["date"])
    opens: list[float] = frame["open"].tolist()
    closes: list[float] = frame["close"].tolist()
    minutes = [moment.timestamp() / 60 for moment in dates]
    minutes.append(minutes[-1] + timeframe_to_minutes(strategy.timeframe))
    equity, candles_held = [], 0
    decision = Decision(Action.HOLD)
    for index in range(start, len(rows)):
        _fill(account, decision, index, opens[index], dates)
        candles_held += account.holding is not None
        equity.append(account.equity(closes[index]))
        decision = decide(strategy, signal_row(rows[index]), _held(account, minutes, index), fee=terms.fee)
    if account.holding is not None:
        account.leave(len(rows) - 1, closes[-1], dates, "end_of_data")
    profits = [trade.profit for trade in account.trades]
    wins = sum(profit > 0 for profit in profits)
    return BacktestResult(
        strategy=name or strategy.get_strategy_name(),
        symbol=symbol,
        timeframe=strategy.timeframe,
        first_candle=dates[start].isoformat(),
        last_candle=dates[-1].isoformat(),
        candles=len(equity),
        terms=terms,
        final_equity=account.cash,
        total_return=account.cash / terms.capital - 1,
        market_return=closes[-1] / opens[start] - 1,
        fees=account.fees,
        trades=account.trades,
        wins=wins,
        win_rate=wins / len(profits) if profits else None,
        profit_factor=profit_factor(profits),
        drawdown_max=drawdown_max([terms.capital, *equity, account.cash]),
        exposure=candles_held / len(equity),
        equity=equity,
    )


def _fill(
    account: _Account, decision: Decision, index: int, price: float, dates: Sequence[pd.Timestamp]
) -> None:
    if decision.action is Action.ENTER:
        account.enter(index, price, decision.reason)
    elif decision.action is Action.EXIT:
        account.leave(index, price, dates, decision.reason)


def _held(account: _Account, minutes: Sequence[float], index: int) -> OpenPosition | None:
    """Return the position at the close of candle `index`; `minutes` are the opens and the last close."""
    held = account.holding
    if held is None:
        return None
    return OpenPosition(entry_price=held.price, held_minutes=minutes[index + 1] - minutes[held.opened])
