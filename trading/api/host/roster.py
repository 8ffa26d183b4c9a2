"""Which strategies run, and with what: names of ours or of imported ones, or paths of strategy files."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from market.instruments import Instrument
from runtime.settings import CoreSettings
from trading.api.host.account import AccountTerms, HostTerms
from trading.core.instruments import InstrumentTable
from trading.errors import BadConfig
from trading.settings import TradingSettings
from trading.strategies import strategies
from trading.strategy_framework import IStrategy
from trading.strategy_framework.errors import StrategyError
from trading.strategy_framework.loading.loader import load_strategy_file
from trading.strategy_framework.trades.markets.market import PairMarket

IMPORTED = "strategies"
"""The folder of imported strategies, in the data folder."""

PROFIT_RESERVE = Decimal("0.95")
"""What strategies earn is theirs to trade with: it must fit under the exposure limit too."""


def load_roster(names: Sequence[str], data_dir: Path) -> dict[str, type[IStrategy]]:
    """Return the strategies by name, all of ours without names; a file's has the name of its file.

    `tidegate import` puts strategies below the data folder: those go by name too, ours first.

    Raises:
        StrategyError: a name that is not there, or a file that can't be used.
    """
    ours = strategies()
    imported = {path.stem: path for path in sorted((data_dir / IMPORTED).rglob("[!_]*.py"))}
    roster: dict[str, type[IStrategy]] = {}
    for name in names or ours:
        if name.endswith(".py"):
            roster[Path(name).stem] = load_strategy_file(Path(name))
        elif name in ours:
            roster[name] = ours[name]
        elif name in imported:
            roster[name] = load_strategy_file(imported[name])
        else:
            raise StrategyError(
                f"there is no strategy {name!r}; TIDEGATE_TRADING_STRATEGIES takes "
                f"{', '.join([*ours, *imported])} or paths of .py files"
            )
    return roster


def host_terms(
    names: Sequence[str], core: CoreSettings, trading: TradingSettings, instruments: InstrumentTable
) -> HostTerms:
    """Return what each strategy trades with: the markets of the first venue, and a capital of its own.

    Those without a setting share equally what the exposure limit leaves, less a reserve for profits.

    Raises:
        BadConfig: a capital is set for a strategy that does not run.
    """
    unknown = sorted(set(trading.strategy_capital) - set(names))
    if unknown:
        raise BadConfig(
            f"TIDEGATE_TRADING_STRATEGY_CAPITAL names {', '.join(unknown)}, which does not run; "
            f"these do: {', '.join(names)}"
        )
    venue = core.venues[0]
    markets = {symbol: pair_market(instruments.get(symbol, venue)) for symbol in core.symbols}
    open_names = [name for name in names if name not in trading.strategy_capital]
    shared = trading.paper_capital * trading.exposure_limit * PROFIT_RESERVE
    left = max(shared - sum(trading.strategy_capital.values()), Decimal(0))
    share = left / len(open_names) if open_names else Decimal(0)
    fee = float(instruments.get(core.symbols[0], venue).taker_fee)
    return HostTerms(
        venues=core.venues,
        accounts={
            name: AccountTerms(
                capital=float(trading.strategy_capital.get(name, share)),
                currency=trading.currency,
                fee=fee,
                markets=markets,
            )
            for name in names
        },
    )


def pair_market(instrument: Instrument) -> PairMarket:
    """Return what a strategy is told of a market's steps, limits and fees."""
    return PairMarket(
        pair=instrument.symbol,
        price_tick=float(instrument.price_increment),
        amount_tick=float(instrument.size_increment),
        cost_min=float(instrument.notional_min),
        taker=float(instrument.taker_fee),
        maker=float(instrument.maker_fee),
    )
