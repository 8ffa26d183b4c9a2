"""What the trading core asks of the world: a journal, forecasts and telemetry.

Lowest layer of the room: these types know nothing of orders. Adapters implement the protocols, and
fakes pass the same tests as the real ones.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec


class JournalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the append-only journal.

    `seq` counts from 1 without holes and is assigned by the writer, so that two writers collide
    instead of interleaving. `ts` is nanoseconds UTC. `payload` is one JSON document.
    """

    seq: int
    ts: int
    kind: str
    client_order_id: str | None
    payload: bytes


class Journal(Protocol):
    """The append-only, single-writer store from which everything is rebuilt."""

    def append(self, entries: Sequence[JournalEntry]) -> None:
        """Store all entries or none; durable when it returns.

        Raises:
            JournalUnavailable: the store can't be reached; it is unknown whether it has them.
            JournalConflict: an entry with one of these numbers is there already.
        """
        ...

    def replay(self, after_seq: int = 0) -> Iterator[JournalEntry]:
        """Yield the entries after `after_seq`, in order."""
        ...


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """A model's answer for one symbol; field for field the forecast service's document.

    `made_at` and `bar_close_time` are RFC 3339; returns are fractions over `horizon_s`; `low` and
    `high` bound the return with 80 % probability.
    """

    symbol: str
    made_at: str
    bar_close_time: str
    horizon_s: int
    predicted_return: float
    probability_up: float
    low: float
    high: float
    model: str
    model_version: str
    feature_hash: str
    last_price: str


class Forecaster(Protocol):
    """Where forecasts come from."""

    def forecast(self, symbol: str) -> Forecast | None:
        """Return a fresh forecast, or nothing when there is none: strategies then hold."""
        ...


class Telemetry(Protocol):
    """What the engine reports about itself; called under the engine's lock, so never block."""

    def decision_to_venue(self, seconds: float) -> None:
        """Take the time from a signal's arrival to its order's arrival at the venue."""
        ...

    def order_changed(self, state: str, venue: str) -> None:
        """Count an order event by the state that it leads to."""
        ...

    def order_denied(self, code: str) -> None:
        """Count a denied order by the refusal's code."""
        ...


class SilentTelemetry:
    """Telemetry that goes nowhere; for backtests."""

    def decision_to_venue(self, seconds: float) -> None:
        """Drop it."""

    def order_changed(self, state: str, venue: str) -> None:
        """Drop it."""

    def order_denied(self, code: str) -> None:
        """Drop it."""
