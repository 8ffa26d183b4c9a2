"""Step 2: the gate. Sane events pass; the others go to quarantine with the rule that refused them.

What collectors have put into quarantine themselves comes in through its own topic and joins here.
"""

from market.codecs import to_json_line
from market.events import RAW_BYTES_MAX, MarketEvent, Quarantined
from market.topics import QUARANTINE
from market.validation import Context, Rejected, validate
from streaming.flows.decode import place_of
from streaming.flows.metrics import EVENTS, QUARANTINED
from streaming.flows.rounds import Received, Refused, Round
from streaming.senders import FLOWS, role_of


class Gate:
    """Check every event of a round against the rules of `market.validation`."""

    def __init__(self, context: Context) -> None:
        """Take the context that the rules share; one gate per stream."""
        self._context = context

    def __call__(self, round_: Round) -> Round:
        """Leave the sane events in `batches`; add the others to `refused`."""
        for batch in round_.batches:
            if role_of(batch.sender) == FLOWS:
                batch.events = []  # our own bars and refusals are in the tables already
            elif batch.topic == QUARANTINE.name:
                round_.refused += _quarantined(batch)
            elif batch.events:
                round_.refused += self._check(batch)
                EVENTS.labels(batch.topic).inc(len(batch.events))
        for refused in round_.refused:
            QUARANTINED.labels(refused.event.reason).inc()
        return round_

    def _check(self, batch: Received) -> list[Refused]:
        context = self._context
        refused = []
        for index, event in enumerate(batch.events):
            if rejected := validate(event, context):
                place = place_of(batch.topic, batch.partition, batch.offset, index)
                refused.append((index, Refused(quarantined(event, rejected), place, is_ours=True)))
        if not refused:
            return []
        indexes = {index for index, _ in refused}
        batch.events = [event for index, event in enumerate(batch.events) if index not in indexes]
        return [] if batch.is_replay else [entry for _, entry in refused]


def quarantined(event: MarketEvent, rejected: Rejected) -> Quarantined:
    """Wrap a refused event, as readable JSON, with the reason."""
    return Quarantined(
        venue=event.venue,
        symbol=event.symbol,
        ts_event=event.ts_event,
        ts_init=event.ts_init,
        reason=rejected.code,
        detail=rejected.detail[:500],
        raw=to_json_line(event)[:RAW_BYTES_MAX],
    )


def _quarantined(batch: Received) -> list[Refused]:
    return [
        Refused(event, place_of(batch.topic, batch.partition, batch.offset, index), is_ours=False)
        for index, event in enumerate(batch.events)
        if isinstance(event, Quarantined)
    ]
