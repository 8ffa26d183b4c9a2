"""Run a job of the oracle with Tidegate's own backtest and say the result in the oracle's words."""

import random
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from trading.backtesting.data.stores.folder import FolderStore
from trading.backtesting.data.time_range import parse_time_range
from trading.backtesting.result import BacktestResult, ClosedTrade
from trading.backtesting.run import run_backtest
from trading.strategy_framework.loading.loader import load_strategy
from trading.strategy_framework.trades.markets.market import LeverageTier, PairMarket

SAME_NAMES = (
    "pair", "is_short", "open_rate", "close_rate", "amount", "stake_amount", "max_stake_amount", "leverage",
    "fee_open", "fee_close", "profit_ratio", "profit_abs", "exit_reason", "enter_tag", "min_rate",
    "max_rate", "stop_loss_abs", "stop_loss_ratio", "initial_stop_loss_abs", "initial_stop_loss_ratio",
    "liquidation_price", "funding_fees",
)  # fmt: skip


def run_here(job: dict[str, Any], *, engine: str = "auto") -> BacktestResult:
    """Run the same files and settings that freqtrade gets.

    Raises:
        Exception: Whatever our loader, our data reader or the backtest raises.
    """
    path = Path(job.get("strategy_file", Path(job["strategy_path"]) / f"{job['strategy']}.py"))
    folders = {"user_data_dir": path.parent, "datadir": Path(job["datadir"])}  # as freqtrade's settings have
    random.seed(0)
    np.random.seed(0)  # as for freqtrade: strategies that throw dice take these
    strategy = load_strategy(path, job["strategy"], job["config"] | folders)
    return run_backtest(
        strategy,
        FolderStore(Path(job["datadir"])),
        pairs=job["config"]["exchange"]["pair_whitelist"],
        markets={market["pair"]: _market(market, job["tiers"]) for market in job["markets"]},
        timerange=parse_time_range(job["timerange"]),
        engine=engine,
    )


def answer_here(job: dict[str, Any], *, engine: str = "auto") -> dict[str, Any]:
    """Return our answer to a job, spelled as the oracle spells it."""
    return spelled(run_here(job, engine=engine))


def spelled(result: BacktestResult) -> dict[str, Any]:
    """Return a result with the oracle's names, dates in milliseconds."""
    return {
        "trades": [_trade(trade) for trade in result.trades],
        "locks": sorted(
            [lock.pair, _ms(lock.lock_end_time), lock.side, lock.reason] for lock in result.locks
        ),
        "final_balance": result.final_balance,
        "rejected_signals": result.counts.rejected_signals,
        "timedout_entry_orders": result.counts.timed_out_entries,
        "timedout_exit_orders": result.counts.timed_out_exits,
        "canceled_trade_entries": result.counts.canceled_trades,
        "canceled_entry_orders": result.counts.canceled_entries,
        "replaced_entry_orders": result.counts.replaced_entries,
    }


def _trade(trade: ClosedTrade) -> dict[str, Any]:
    fields: dict[str, Any] = {name: getattr(trade, name) for name in SAME_NAMES}
    return fields | {
        "open_date": _ms(trade.open_date),
        "close_date": _ms(trade.close_date),
        "orders": [
            [
                order.ft_order_side,
                order.ft_is_entry,
                order.order_filled_timestamp,
                order.safe_price,
                order.amount,
                order.cost,
                order.ft_order_tag,
            ]
            for order in trade.orders
        ],
    }


def _market(market: dict[str, Any], tiers: dict[str, list[dict[str, Any]]]) -> PairMarket:
    rows = tuple(
        LeverageTier(
            notional_min=row["min_notional"],
            notional_max=row["max_notional"],
            maintenance_ratio=row["maintenance_rate"],
            leverage_max=row["max_leverage"],
            maintenance_amount=row["maintenance_amount"],
        )
        for row in tiers.get(market["pair"], ())
    )
    return PairMarket(**market, leverage_tiers=rows)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
