"""`@informative`: a populate method for another timeframe or pair, merged before `populate_indicators`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from trading.strategy_framework.candles.merging import merge_informative_pair
from trading.strategy_framework.candles.times import timeframe_to_minutes
from trading.strategy_framework.errors import StrategyError
from trading.strategy_framework.interface.enums import CandleType

PopulateIndicators = Callable[[Any, pd.DataFrame, dict[str, Any]], pd.DataFrame]

_MARK = "_informatives"
_OWN_PAIR = "{column}_{timeframe}"
_OTHER_PAIR = "{base}_{quote}_{column}_{timeframe}"


@dataclass(frozen=True)
class Informative:
    """One use of the decorator. `asset` is empty for the strategy's own pair."""

    timeframe: str
    asset: str
    fmt: str | Callable[..., str] | None
    candle_type: CandleType | None
    ffill: bool

    @property
    def is_relative(self) -> bool:
        """Whether the asset depends on the pair that is analysed."""
        return not self.asset or "{base}" in self.asset or "{BASE}" in self.asset


def informative(
    timeframe: str,
    asset: str = "",
    fmt: str | Callable[..., str] | None = None,
    *,
    candle_type: CandleType | str | None = None,
    ffill: bool = True,
    cache: bool = True,
) -> Callable[[PopulateIndicators], PopulateIndicators]:
    """Mark a populate method as one for candles of `timeframe`, of `asset` or of the own pair.

    Its columns become `{column}_{timeframe}`, or `{base}_{quote}_{column}_{timeframe}` with an asset;
    `fmt` is another pattern, or a function of column, base, BASE, quote, QUOTE, asset, timeframe.
    `asset` may hold `{stake}`, `{base}`, `{quote}` and their upper case. `cache` changes no result.
    """
    del cache
    kind = CandleType.from_string(candle_type) if candle_type else None
    wanted = Informative(timeframe=timeframe, asset=asset, fmt=fmt, candle_type=kind, ffill=ffill)

    def mark(method: PopulateIndicators) -> PopulateIndicators:
        marked: list[Informative] = getattr(method, _MARK, [])
        marked.append(wanted)
        setattr(method, _MARK, marked)
        return method

    return mark


def informatives_of(strategy_class: type) -> list[tuple[Informative, PopulateIndicators]]:
    """Return the marked methods of a class in the order of their names, as they are merged.

    Raises:
        StrategyError: one is shorter than the strategy's own timeframe.
    """
    found: list[tuple[Informative, PopulateIndicators]] = []
    for name in dir(strategy_class):
        method = getattr(strategy_class, name)
        marked = getattr(method, _MARK, None) if callable(method) else None
        if isinstance(marked, list):
            found.extend((wanted, method) for wanted in marked)
    own = getattr(strategy_class, "timeframe", None)
    for wanted, method in found:
        if own and timeframe_to_minutes(wanted.timeframe) < timeframe_to_minutes(own):
            raise StrategyError(
                f"{method.__name__} asks for {wanted.timeframe} candles: an informative timeframe must be "
                f"equal to or longer than the strategy's {own}"
            )
    return found


def merge_informatives(strategy: Any, dataframe: pd.DataFrame, metadata: Mapping[str, Any]) -> pd.DataFrame:
    """Return the frame with the columns of every marked method of the strategy object.

    Raises:
        StrategyError: a pair has no market or no candles, or two methods give the same columns.
    """
    for wanted, method in strategy.wiring.informatives:
        dataframe = _merged(strategy, dataframe, str(metadata["pair"]), wanted, method)
    return dataframe


def asset_of(wanted: Informative, pair: str, *, stake: str, market: Mapping[str, Any] | None) -> str:
    """Return the pair that is meant while `pair` is analysed; `market` is that of `pair`."""
    if not wanted.asset:
        return pair
    return wanted.asset.format(stake_currency=stake, stake=stake, **_currencies(market)).upper()


def _merged(
    strategy: Any, dataframe: pd.DataFrame, pair: str, wanted: Informative, method: PopulateIndicators
) -> pd.DataFrame:
    dp, timeframe = strategy.dp, wanted.timeframe
    kind = wanted.candle_type or strategy.config.get("candle_type_def", CandleType.SPOT)
    if kind == CandleType.FUNDING_RATE:
        timeframe = dp.get_funding_rate_timeframe()
    asset = asset_of(wanted, pair, stake=strategy.config.get("stake_currency", ""), market=dp.market(pair))
    market = dp.market(asset)
    if market is None:
        raise StrategyError(f"{method.__name__} asks for {asset}, which has no market here")
    candles = dp.get_pair_dataframe(asset, timeframe, kind)
    if candles.empty:
        mode = " --trading-mode futures" if ":" in asset else ""
        raise StrategyError(
            f"{method.__name__} asks for {asset} {timeframe} {kind}: there are no candles of it; fetch them "
            f"with `tidegate download --pairs {asset} --timeframes {timeframe}{mode}` (and your --datadir)"
        )
    other = method(strategy, candles, {"pair": asset, "timeframe": wanted.timeframe})
    named = _column_namer(wanted, asset, market)
    date_column = named("date")
    if date_column in dataframe.columns:
        raise StrategyError(f"two informative methods give the column {date_column}; set fmt= on one of them")
    return merge_informative_pair(
        dataframe,
        other.rename(columns=named),
        strategy.timeframe,
        timeframe,
        ffill=wanted.ffill,
        append_timeframe=False,
        date_column=date_column,
    )


def _column_namer(wanted: Informative, asset: str, market: Mapping[str, Any]) -> Callable[[Any], str]:
    pattern = wanted.fmt or (_OTHER_PAIR if wanted.asset else _OWN_PAIR)
    write = pattern if callable(pattern) else pattern.format
    words = {**_currencies(market), "asset": asset, "timeframe": wanted.timeframe}
    return lambda column: write(column=column, **words)


def _currencies(market: Mapping[str, Any] | None) -> dict[str, str]:
    if not market:
        return {}
    base, quote = market["base"], market["quote"]
    return {"base": base.lower(), "BASE": base.upper(), "quote": quote.lower(), "QUOTE": quote.upper()}
