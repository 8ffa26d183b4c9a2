"""`tidegate download`: candles of the past for backtests, as freqtrade keeps them."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from market.clock import NS_PER_MS, Clock, SystemClock
from trading.backtesting.commands.messages import run_command
from trading.backtesting.commands.option_parser import OptionParser, positive_number

NAME = "download"
DAYS_DEFAULT = 30
DAY_MS = 86_400_000
_EXAMPLES = """examples:
  tidegate download --exchange binance --pairs BTC/USDT ETH/USDT --timeframes 5m 1h --days 90
  tidegate download --pairs BTC/USDT --timerange 20240101-20240201 --datadir user_data/data/binance

The same command again fetches only what is missing. `tidegate backtest` finds the candles by itself."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Fetch what is missing; return 0, or 2 with one line that says what went wrong."""
    options = _parser().parse_args(arguments)
    return run_command(NAME, lambda: _download(options, SystemClock()))


def _download(options: argparse.Namespace, clock: Clock) -> int:
    from trading.adapters.history.download import Order, download  # noqa: PLC0415  # ccxt takes a second

    now_ms = clock.now_ns() // NS_PER_MS
    start_ms, end_ms = _span(options, now_ms)
    is_futures = options.trading_mode == "futures"
    order = Order(
        venue=options.exchange,
        pairs=tuple(dict.fromkeys(_whitelist(options))),
        timeframes=tuple(dict.fromkeys(options.timeframes)),
        is_futures=is_futures,
        start_ms=start_ms,
        end_ms=end_ms,
        now_ms=now_ms,
        folder=options.datadir or _own_folder(options.exchange),
        uses_database=not (options.no_database or is_futures),
    )
    return download(order)


def _own_folder(venue: str) -> Path:
    """Return where the venue's candles are kept: the simulator's apart, so that no real ones join them."""
    from runtime.settings import CoreSettings, load  # noqa: PLC0415  # pydantic takes its time
    from trading.backtesting.commands.settings import kept_folder  # noqa: PLC0415

    candles = kept_folder() / "candles"
    return candles / venue if load(CoreSettings).simulator_url is None else candles / "simulated" / venue


def _whitelist(options: argparse.Namespace) -> list[str]:
    from trading.backtesting.data.config.file import load_config  # noqa: PLC0415
    from trading.backtesting.errors import BadConfig  # noqa: PLC0415

    pairs: list[str] = options.pairs or []
    if not pairs and options.config:
        pairs = load_config(options.config).get("exchange", {}).get("pair_whitelist", [])
    if not pairs:
        raise BadConfig(
            "say which --pairs, such as BTC/USDT, or name a --config with exchange.pair_whitelist"
        )
    return pairs


def _span(options: argparse.Namespace, now_ms: int) -> tuple[int, int]:
    from trading.backtesting.data.time_range import parse_time_range  # noqa: PLC0415
    from trading.backtesting.errors import BadTimeRange  # noqa: PLC0415

    if options.timerange is None:
        start_ms = now_ms - options.days * DAY_MS
        return start_ms - start_ms % DAY_MS, now_ms
    time_range = parse_time_range(options.timerange)
    if time_range.start_s is None:
        raise BadTimeRange(f"{options.timerange} has no start: write 20240101- to fetch from a day on")
    end_ms = now_ms if time_range.stop_s is None else min(time_range.stop_s * 1000 + 1, now_ms)
    if time_range.start_s * 1000 >= end_ms:
        raise BadTimeRange(f"{options.timerange} lies in the future")
    return time_range.start_s * 1000, end_ms


def _parser() -> argparse.ArgumentParser:
    parser = OptionParser(
        prog="tidegate download",
        description="Fetch candles of the past from an exchange, for backtests.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--exchange", default="binance", help="by ccxt's name (binance)")
    parser.add_argument("-p", "--pairs", nargs="+", metavar="PAIR", help="such as BTC/USDT, or BTC/USDT:USDT")
    parser.add_argument(
        "-c", "--config", type=Path, action="append", metavar="FILE", help="its pair_whitelist"
    )
    parser.add_argument(
        "-t",
        "--timeframes",
        nargs="+",
        default=["5m"],
        metavar="TIMEFRAME",
        help="one or more of 1m, 5m, 1h … (5m)",
    )
    period = parser.add_mutually_exclusive_group()
    period.add_argument(
        "--days", type=positive_number, default=DAYS_DEFAULT, metavar="N", help="so many days back (30)"
    )
    period.add_argument("--timerange", metavar="RANGE", help="20240101-20240201 or 20240101-; UTC")
    parser.add_argument("--trading-mode", choices=("spot", "futures"), default="spot")
    parser.add_argument(
        "-d",
        "--datadir",
        type=Path,
        metavar="DIR",
        help="a freqtrade data folder (.tidegate/candles/EXCHANGE; .tidegate/candles/simulated/EXCHANGE "
        "with TIDEGATE_SIMULATOR_URL set)",
    )
    parser.add_argument("--no-database", action="store_true", help="files only, even if the database runs")
    return parser


if __name__ == "__main__":
    sys.exit(main())
