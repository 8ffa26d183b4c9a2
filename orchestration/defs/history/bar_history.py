"""Seven days of one-minute bars of the first venue, without holes as far as the venue has them."""

import ccxt
import dagster as dg

from orchestration.bar_table import insert_bars, missing_ranges
from orchestration.partitions import SYMBOLS
from orchestration.platform import Platform
from orchestration.venue_history import fetch_bars, open_venue

RETRIES = dg.RetryPolicy(max_retries=3, delay=5)


@dg.asset(partitions_def=SYMBOLS, group_name="history", kinds={"postgres"}, retry_policy=RETRIES)
def bar_history(
    context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
) -> dg.MaterializeResult[None]:
    """Fetch what is missing of the last days' bars, page by page; each page is kept at once."""
    symbol, venue = context.partition_key, platform.venue
    start, end = platform.history_span()
    fetched = 0
    with platform.connect() as connection:
        ranges = missing_ranges(connection, venue, symbol, start, end)
        client = open_venue(platform.core, venue)
        try:
            for first, last in ranges:
                for page in fetch_bars(client, symbol, first, last):
                    insert_bars(connection, venue, symbol, page, ts_init=platform.clock.now_ns())
                    fetched += len(page)
        except ccxt.BadSymbol as error:
            raise dg.Failure(f"{venue} does not list {symbol}: {error}", allow_retries=False) from error
        except ccxt.BaseError as error:
            raise dg.Failure(f"{venue} gives no history of {symbol}: {str(error)[:200]}") from error
        still_missing = missing_ranges(connection, venue, symbol, start, end)
    return dg.MaterializeResult(
        metadata={
            "venue": venue,
            "bars_fetched": fetched,
            "ranges_missing_before": len(ranges),
            "ranges_missing_after": len(still_missing),
            "from": dg.MetadataValue.timestamp(start / 1e9),
            "to": dg.MetadataValue.timestamp(end / 1e9),
        }
    )
