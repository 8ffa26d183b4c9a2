"""The choice of the loop."""

from collections.abc import Mapping, Sequence

from trading.backtesting.candles.pair import PairCandles
from trading.backtesting.candles.rows import DetailRows
from trading.backtesting.errors import BadTerms
from trading.backtesting.fast.eligibility import needs_general_loop
from trading.backtesting.general_loop import GeneralLoop, Span
from trading.backtesting.ports import Progress
from trading.strategy_framework.trade_manager.manager import TradeManager

ENGINES = ("auto", "general", "fast")


def loop_for(
    engine: str,
    manager: TradeManager,
    pairs: Sequence[PairCandles],
    span: Span,
    *,
    details: Mapping[str, DetailRows],
    progress: Progress | None = None,
) -> GeneralLoop:
    """Return the loop that `engine` asks for; `auto` is fast wherever nothing hinders it.

    Raises:
        BadTerms: `engine` is none of ours, or `fast` where the strategy wants every candle.
    """
    if engine not in ENGINES:
        raise BadTerms(f"there is no engine {engine!r}; choose {', '.join(ENGINES)}")
    hindrance = None if engine == "general" else needs_general_loop(manager.desk, has_details=bool(details))
    if engine == "general" or (engine == "auto" and hindrance):
        return GeneralLoop(manager, pairs, span, details=details, progress=progress)
    if hindrance:
        name = manager.desk.strategy.get_strategy_name()
        raise BadTerms(f"{name} can't run on the fast engine: {hindrance}; choose auto or general")
    from trading.backtesting.fast.loop import FastLoop  # noqa: PLC0415 - importing the compiler takes time

    return FastLoop(manager, pairs, span, progress=progress)
