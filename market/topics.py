"""The topics of the event log, declared once and created from here.

A topic's key is `symbol@venue` (or a client order id), hashed to a partition, so that one
partition keeps one book in order.
"""

from typing import Literal
from zlib import crc32

import msgspec

from market.clock import NS_PER_S

HOUR_S = 3600
DAY_S = 24 * HOUR_S


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A named, partitioned, bounded log.

    `value` is what a message holds: a msgpack `Batch`, or one JSON document. Retention is by age
    and, per partition, by size, whichever bites first.
    """

    name: str
    value: Literal["batch", "json"]
    partitions: int
    retention_s: int
    retention_bytes: int = 256 * 1024 * 1024

    @property
    def retention_ns(self) -> int:
        """The retention as nanoseconds."""
        return self.retention_s * NS_PER_S


MARKET_PARTITIONS = 4

TRADES = Topic(name="market.trades", value="batch", partitions=MARKET_PARTITIONS, retention_s=HOUR_S // 4)
QUOTES = Topic(name="market.quotes", value="batch", partitions=MARKET_PARTITIONS, retention_s=HOUR_S // 4)
BOOKS = Topic(name="market.books", value="batch", partitions=MARKET_PARTITIONS, retention_s=HOUR_S // 4)
BARS = Topic(name="market.bars", value="batch", partitions=MARKET_PARTITIONS, retention_s=DAY_S)
LIVE = Topic(name="market.live", value="batch", partitions=1, retention_s=HOUR_S // 12)
QUALITY = Topic(name="market.quality", value="batch", partitions=1, retention_s=HOUR_S)
QUARANTINE = Topic(name="market.quarantine", value="batch", partitions=1, retention_s=DAY_S)
FORECASTS = Topic(name="forecasts", value="json", partitions=1, retention_s=7 * DAY_S)
SIGNALS = Topic(name="signals", value="json", partitions=1, retention_s=7 * DAY_S)
ORDERS = Topic(name="orders", value="json", partitions=1, retention_s=30 * DAY_S)
FILLS = Topic(name="fills", value="json", partitions=1, retention_s=30 * DAY_S)
ALERTS = Topic(name="alerts", value="json", partitions=1, retention_s=7 * DAY_S)

TOPICS: tuple[Topic, ...] = (
    TRADES,
    QUOTES,
    BOOKS,
    BARS,
    LIVE,
    QUALITY,
    QUARANTINE,
    FORECASTS,
    SIGNALS,
    ORDERS,
    FILLS,
    ALERTS,
)


def partition_for(key: str, topic: Topic) -> int:
    """Return the partition that holds `key`; the same on every machine and in every process."""
    return crc32(key.encode()) % topic.partitions
