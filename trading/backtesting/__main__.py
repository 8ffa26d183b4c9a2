"""`python -m trading.backtesting`: one strategy, one table of candles, one result."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from market.clock import NS_PER_S, SystemClock
from market.errors import MarketError
from runtime.errors import RuntimeFailure
from runtime.settings import CoreSettings, load
from trading.backtesting import BacktestError, BacktestResult, BadCandles, Terms, run_backtest
from trading.backtesting.data.joining import join_candles
from trading.backtesting.data.table_file import read_candles
from trading.backtesting.database import candles_from_database, forecasts_from_database
from trading.backtesting.loop import DEFAULT_TERMS
from trading.strategies import strategies
from trading.strategy_framework import IStrategy
from trading.strategy_framework.errors import StrategyError
from trading.strategy_framework.forecasts import KnownForecast
from trading.strategy_framework.loader import load_strategy_file


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a backtest; return 0, or 2 with one line that says what is wrong."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.strategy is None and options.strategy_file is None:
        parser.error("name a --strategy, or a --strategy-file")
    try:
        result = _run(options)
        if options.out is not None:
            options.out.write_bytes(result.to_json())
    except (BacktestError, StrategyError, RuntimeFailure, MarketError) as error:
        sys.stderr.write(f"tidegate backtest: {error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"tidegate backtest: {options.out} can't be written: {error.strerror}\n")
        return 2
    for name, value in result.summary().items():
        sys.stdout.write(f"{name:>14}  {value}\n")
    return 0


def _run(options: argparse.Namespace) -> BacktestResult:
    strategy = _strategy(options)
    candles, forecasts = _data(options)
    return run_backtest(
        strategy,
        join_candles(candles, strategy.timeframe),
        symbol=options.symbol,
        name=options.strategy or strategy.get_strategy_name(),
        forecasts=forecasts,
        terms=Terms(capital=options.capital, fee=options.fee, stake_ratio=options.stake_ratio),
    )


def _strategy(options: argparse.Namespace) -> IStrategy:
    if options.strategy_file is not None:
        return load_strategy_file(options.strategy_file, options.strategy)()
    ours = strategies()
    if options.strategy not in ours:
        raise StrategyError(f"there is no strategy {options.strategy!r}; ours are: {', '.join(ours)}")
    return ours[options.strategy]()


def _data(options: argparse.Namespace) -> tuple[pd.DataFrame, Sequence[KnownForecast]]:
    since, until = _period(options)
    if options.bars is not None:
        candles = read_candles(options.bars)
        inside = (candles["date"] >= since) & (candles["date"] < until)
        return candles[inside].reset_index(drop=True), ()
    core = load(CoreSettings)
    venue = options.venue or core.venues[0]
    candles = candles_from_database(core, venue=venue, symbol=options.symbol, since=since, until=until)
    return candles, forecasts_from_database(core, symbol=options.symbol, since=since, until=until)


def _period(options: argparse.Namespace) -> tuple[datetime, datetime]:
    now = datetime.fromtimestamp(SystemClock().now_ns() // NS_PER_S, tz=UTC)
    since, until = _moment(options.since, datetime(1970, 1, 1, tzinfo=UTC)), _moment(options.until, now)
    if since >= until:
        raise BadCandles(f"--since {since.isoformat()} is not before --until {until.isoformat()}")
    return since, until


def _moment(text: str | None, default: datetime) -> datetime:
    if text is None:
        return default
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadCandles(f"{text!r} is not a date; write 2024-08-01 or 2024-08-01T12:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tidegate backtest",
        description="Run a strategy over past candles: decisions at a close, fills at the next open.",
    )
    which = parser.add_argument_group("strategy")
    which.add_argument("--strategy", help="a file of trading/strategies, or the class in --strategy-file")
    which.add_argument("--strategy-file", type=Path, help="a freqtrade strategy file")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--bars", type=Path, help="candles as .parquet or .csv")
    source.add_argument("--from-database", action="store_true", help="candles and forecasts as recorded here")
    parser.add_argument("--symbol", default="BTC/USDT")
    parser.add_argument("--venue", help="with --from-database; the first of TIDEGATE_VENUES by default")
    parser.add_argument("--since", help="first day or time, UTC")
    parser.add_argument("--until", help="first day or time that is left out, UTC")
    parser.add_argument("--capital", type=float, default=DEFAULT_TERMS.capital)
    parser.add_argument("--fee", type=float, default=DEFAULT_TERMS.fee, help="as a fraction: 0.001 is 10 bps")
    parser.add_argument(
        "--stake-ratio", type=float, default=DEFAULT_TERMS.stake_ratio, help="share of the cash per entry"
    )
    parser.add_argument("--out", type=Path, help="where to write the result as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
