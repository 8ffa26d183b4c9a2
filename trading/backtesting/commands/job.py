"""One backtest as told by the command line: a value that another process can carry out."""

import math
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context
from pathlib import Path
from time import perf_counter

import msgspec

from trading.backtesting.commands.job_remarks import (
    file_parameters,
    no_timeframe,
    what_there_is,
    without_candles,
    without_tiers,
)
from trading.backtesting.commands.messages import is_ours
from trading.backtesting.commands.settings import user_folder, with_slots
from trading.backtesting.commands.sources import Folder, Source, Table, open_store, remarks_of, source_text
from trading.backtesting.commands.strategy_files import StrategyFile
from trading.backtesting.data.config.file import Config
from trading.backtesting.data.config.pair_list import choose_pairs, unknown_pairs
from trading.backtesting.data.files.layout import find_file
from trading.backtesting.data.markets import markets_for
from trading.backtesting.data.time_range import parse_time_range, range_text
from trading.backtesting.errors import BacktestError, BadConfig, NoCandles, ProcessEnded
from trading.backtesting.ports import CandleStore, Progress, TimeRange
from trading.backtesting.processes import end
from trading.backtesting.result import BacktestResult
from trading.backtesting.run import run_backtest
from trading.strategy_framework.errors import StrategyLoadFailed
from trading.strategy_framework.interface.strategy import IStrategy
from trading.strategy_framework.loading.configuration import configured
from trading.strategy_framework.loading.loader import load_strategy_file
from trading.strategy_framework.trades.markets.market import PairMarket
from trading.strategy_framework.trades.settings import UNLIMITED, merge_terms


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A strategy, a configuration that was checked, and a source of candles.

    `pairs` are names or patterns from the command line; without any the whitelist counts, and
    without that all pairs of the source.
    """

    strategy: StrategyFile
    config: Config
    source: Source
    pairs: tuple[str, ...] = ()
    engine: str = "auto"
    markets_file: Path | None = None


class Ready(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What a job needs to run; the strategy's own `config` holds what counts."""

    strategy: IStrategy
    store: CandleStore
    pairs: list[str]
    markets: dict[str, PairMarket]
    time_range: TimeRange
    remarks: list[str]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a job: a result, or the one line that says why there is none."""

    name: str
    result: BacktestResult | None = None
    problem: str | None = None
    remarks: tuple[str, ...] = ()
    seconds: float = 0.0


def run_job(job: Job, progress: Progress | None = None, *, processes: int = 1) -> Outcome:
    """Carry a job out; `processes` analyse its pairs.

    Raises:
        BacktestError: there are no candles, or they or the settings can't be used.
        StrategyError: the strategy can't be loaded, or fails.
    """
    began = perf_counter()
    ready = prepare(job)
    strategy, store, pairs, remarks = ready.strategy, ready.store, ready.pairs, ready.remarks
    try:
        result = run_backtest(
            strategy,
            store,
            pairs=pairs,
            markets=ready.markets,
            timerange=ready.time_range,
            engine=job.engine,
            processes=processes,
            progress=progress,
        )
    except NoCandles as error:
        raise NoCandles(f"{error}; {what_there_is(store, pairs, strategy)}") from None
    remarks += [str(remark) for remark in remarks_of(store)]
    remarks += without_tiers(ready.markets, strategy)
    remarks += without_candles(pairs, result, range_text(ready.time_range))
    remarks += result.remarks
    remarks += [
        f"{callback} of {result.strategy} raised {result.callback_errors[callback]}, "
        f"{count:,} times in all; its default was used instead"
        for callback, count in result.callback_failures.items()
    ]
    return Outcome(
        name=result.strategy, result=result, remarks=tuple(remarks), seconds=perf_counter() - began
    )


def prepare(job: Job) -> Ready:
    """Load the strategy, open the candles and choose the pairs of a job.

    Raises:
        BacktestError: there are no candles, or they or the settings can't be used.
        StrategyError: the strategy can't be loaded.
    """
    strategy_class = load_strategy_file(job.strategy.path, job.strategy.class_name)
    config, remarks = with_slots(job.config, getattr(strategy_class, "max_open_trades", math.inf))
    # Strategies join file names to it as soon as they are made.
    strategy = _configured(job, strategy_class, config | {"user_data_dir": user_folder(config)})
    store = open_store(job.source, strategy.timeframe, with_forecasts=strategy.uses_forecasts)
    pairs = _pairs(job, store, strategy, remarks)
    folder = job.source.path if isinstance(job.source, Folder) else None
    return Ready(
        strategy=strategy,
        store=store,
        pairs=pairs,
        markets=markets_for(pairs, folder, config["exchange"]["name"], file=job.markets_file),
        time_range=parse_time_range(config.get("timerange")),
        remarks=remarks + file_parameters(strategy, job.config),
    )


def run_jobs(jobs: Sequence[Job], processes: int | None = None) -> Iterator[Outcome]:
    """Carry jobs out in processes of their own, as many as there are cores; yield them as they end.

    A job that fails is an outcome with its problem; the others go on.

    Raises:
        ProcessEnded: a process was killed.
    """
    workers = min(len(jobs), processes or os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(_guarded, job) for job in jobs]
        try:
            for future in as_completed(running):
                yield future.result()
        except BrokenProcessPool:
            raise ProcessEnded(
                "a process was ended from outside, likely for want of memory: choose fewer with --jobs"
            ) from None
        except BaseException:
            end(active_children())
            raise


def _guarded(job: Job) -> Outcome:
    try:
        return run_job(job)
    except Exception as error:
        if not isinstance(error, BacktestError) and not is_ours(error):
            raise
        return Outcome(name=job.strategy.class_name or job.strategy.path.stem, problem=str(error))


def _configured(job: Job, strategy_class: type[IStrategy], config: Config) -> IStrategy:
    try:
        strategy = configured(strategy_class, config)
    except StrategyLoadFailed:
        raise
    except Exception as error:
        if not is_ours(error):
            raise
        raise StrategyLoadFailed(job.strategy.path, str(error)) from error
    slots = strategy.max_open_trades
    if slots == math.inf and strategy.config.get("stake_amount") == "unlimited":
        raise BadConfig(f"{job.strategy.path}: max_open_trades and stake_amount can't both be unlimited")
    _check_stake(strategy)
    return strategy


def _check_stake(strategy: IStrategy) -> None:
    terms = merge_terms(strategy.config, strategy)
    spendable = terms.starting_balance * terms.tradable_balance_ratio
    if terms.stake_amount != UNLIMITED and float(terms.stake_amount) > spendable:
        raise BadConfig(
            f"stake_amount {terms.stake_amount:g} is more than there is to spend: {spendable:g}, "
            "dry_run_wallet times tradable_balance_ratio"
        )


def _pairs(job: Job, store: CandleStore, strategy: IStrategy, remarks: list[str]) -> list[str]:
    """Choose the pairs; those of the command line must exist, those of a whitelist may be absent."""
    config, where = strategy.config, source_text(job.source)
    is_futures = config["trading_mode"] == "futures"
    available = [
        pair
        for pair in store.pairs(strategy.timeframe)
        if (":" in pair) == is_futures or isinstance(job.source, Table)
    ]
    exchange = config["exchange"]
    wanted = job.pairs or exchange["pair_whitelist"] or available
    # A name with `_` or `.` inside can't be read back from its file's; then the file itself is the proof.
    available += [pair for pair in wanted if pair not in available and _has_file(job, pair, strategy)]
    if not available:
        raise NoCandles(no_timeframe(store, strategy.timeframe, where, is_futures=is_futures))
    pairs, absent = choose_pairs(wanted, available, without=exchange["pair_blacklist"], where=where)
    if absent and job.pairs:
        raise NoCandles(unknown_pairs(absent, available, where))
    if absent:
        remarks.append(f"left out, as {where} has no {strategy.timeframe} candles: {', '.join(absent)}")
    return _of_one_currency(pairs, strategy, remarks)


def _has_file(job: Job, pair: str, strategy: IStrategy) -> bool:
    if not isinstance(job.source, Folder):
        return False
    kind = str(strategy.config.get("candle_type_def", "spot"))
    found = find_file(job.source.path, pair, strategy.timeframe, kind, job.source.data_format)
    return found is not None


def _of_one_currency(pairs: Sequence[str], strategy: IStrategy, remarks: list[str]) -> list[str]:
    config = strategy.config
    currency = config.get("stake_currency") or _quote(pairs[0])
    config["stake_currency"] = strategy.stake_currency = currency
    if others := [pair for pair in pairs if _quote(pair) != currency]:
        remarks.append(f"left out, as they are not quoted in {currency}: {', '.join(others)}")
    kept = [pair for pair in pairs if pair not in others]
    if not kept:
        raise BadConfig(f"stake_currency is {currency}, but the pairs are {', '.join(pairs)}")
    return kept


def _quote(pair: str) -> str:
    return pair.partition(":")[2] or pair.partition("/")[2]
