"""What both sides answer alike, because both have freqtrade's names."""

import math
from typing import Any

import pandas as pd


class Side:
    """One run; a side sets what it works with and what it calls a refusal."""

    wallet: Any
    trades: Any
    """The class that answers for all trades of the run."""
    locks: Any
    refusals: tuple[type[Exception], ...]

    def guarded_market(self, name: str, *args: Any) -> Any:
        """Ask the market; refusals by name."""
        try:
            return getattr(self, f"_{name}")(*args)
        except self.refusals:
            return "refused"

    def update_wallet(self) -> None:
        """Bring the wallet up to date."""
        self.wallet.update()

    def stake(self, slots: float) -> Any:
        """Return the stake of one more trade."""
        try:
            return self.wallet.get_trade_stake_amount("A/USDT", slots or math.inf, update=False)
        except self.refusals:
            return "unavailable"

    def validated_stake(self, wanted: Any, least: Any, most: float, held: Any) -> float:
        """Return a stake within limits."""
        stake: float = self.wallet.validate_stake_amount("A/USDT", wanted, least, most, held)
        return stake

    def lock(self, name: str, args: list[Any], named: dict[str, Any]) -> Any:
        """Call a method of the locks."""
        found = getattr(self.locks, name)(*args, **named)
        if isinstance(found, bool | None):
            return found
        return _seen(found if isinstance(found, list) else [found])

    def query(self, filters: dict[str, Any]) -> list[Any]:
        """Ask the class for trades."""
        found: list[Any] = self.trades.get_trades_proxy(**filters)
        return found

    def account_state(self) -> list[Any]:
        """Return the wallet and the locks."""
        wallet, trades = self.wallet, self.trades
        return [
            {name: list(balance) for name, balance in wallet.get_all_balances().items()},
            {name: list(position)[:5] for name, position in wallet.get_all_positions().items()},
            [
                wallet.get_starting_balance(),
                wallet.get_total_stake_amount(),
                wallet.get_available_stake_amount(),
            ],
            [
                wallet.get_free("USDT"),
                wallet.get_used("USDT"),
                wallet.get_total("A"),
                wallet.get_collateral(),
            ],
            [wallet.get_owned("A/USDT", "A")],
            [
                trades.get_open_trade_count(),
                trades.total_open_trades_stakes(),
                trades.get_total_closed_profit(),
            ],
            [trade.id for trade in trades.get_open_trades()],
            _seen(self.locks.get_all_locks()),
        ]


def _seen(locks: Any) -> list[Any]:
    return [[lock.pair, lock.side, lock.reason, str(lock.lock_end_time_utc), lock.active] for lock in locks]


def candles(dates: list[int], prices: list[list[float]]) -> pd.DataFrame:
    """Return a frame of candles from epoch seconds and rows of four prices."""
    frame = pd.DataFrame(prices, columns=["open", "high", "low", "close"], dtype="float64")
    frame.insert(0, "date", pd.to_datetime(dates, unit="s", utc=True))
    return frame


def rates_and_marks(scenario: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the candles of a scenario's funding rates, and of its mark prices."""
    rates, marks = (
        pd.DataFrame({"date": pd.to_datetime(dates, unit="s", utc=True), "open": values})
        for dates, values in (scenario["rates"], scenario["marks"])
    )
    return rates, marks
