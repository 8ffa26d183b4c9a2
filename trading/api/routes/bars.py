"""`/api/v1/bars`: closed candles for charts."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from market.clock import NS_PER_S
from market.events import Bar as MarketBar
from trading.api.problems import NotFound
from trading.api.schemas import Bar, Bars
from trading.api.services import ServicesOf

router = APIRouter(tags=["markets"])
BARS_MAX = 2000
Timeframe = Literal["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "1d"]


@router.get("/bars", operation_id="list_bars")
def list_bars(
    services: ServicesOf,
    symbol: Annotated[str, Query(max_length=40)],
    venue: Annotated[str | None, Query(max_length=40)] = None,
    timeframe: Timeframe = "1m",
    limit: Annotated[int, Query(ge=1, le=BARS_MAX)] = 500,
) -> Bars:
    """Return the newest closed candles, oldest first; without a venue, those of the first one."""
    venue = venue or services.venues[0]
    if symbol not in services.symbols or venue not in services.venues:
        raise NotFound(f"{symbol}@{venue} is not among the symbols and venues of the settings")
    bars = services.bars.read(symbol=symbol, venue=venue, timeframe=timeframe, limit=limit)
    return Bars(symbol=symbol, venue=venue, timeframe=timeframe, bars=[chart_bar(bar) for bar in bars])


def chart_bar(bar: MarketBar) -> Bar:
    """Return a bar as charts take it; Decimal becomes float here."""
    return Bar(
        time=bar.open_time // NS_PER_S,
        open=float(bar.open),
        high=float(bar.high),
        low=float(bar.low),
        close=float(bar.close),
        volume=float(bar.volume),
    )
