"""The dataflow, as one column."""

import bytewax.operators as op
import msgspec
from bytewax.dataflow import Dataflow
from bytewax.inputs import DynamicSource
from bytewax.outputs import DynamicSink

from market.events import MarketEvent
from streaming.flows.bars import Bars
from streaming.flows.books import Books
from streaming.flows.decode import Decoder
from streaming.flows.quality import FeedQuality
from streaming.flows.rounds import Round
from streaming.flows.validate import Gate


class Steps(msgspec.Struct, frozen=True):
    """The steps between the log and the outputs, in their order."""

    decode: Decoder
    validate: Gate
    books: Books
    bars: Bars
    quality: FeedQuality


def market_flow(
    source: DynamicSource[Round],
    steps: Steps,
    *,
    live: DynamicSink[list[MarketEvent]],
    quality: DynamicSink[list[MarketEvent]],
    archive: DynamicSink[Round],
) -> Dataflow:
    """Join source, steps and sinks."""
    flow = Dataflow("market")
    rounds = op.input("read", flow, source)
    rounds = op.map("decode", rounds, steps.decode)
    rounds = op.map("validate", rounds, steps.validate)
    rounds = op.map("books", rounds, steps.books)
    op.output("live", op.flat_map("frames", rounds, frames_of), live)
    rounds = op.map("bars", rounds, steps.bars)
    rounds = op.map("quality", rounds, steps.quality)
    op.output("health", op.flat_map("reports", rounds, quality_of), quality)
    op.output("archive", rounds, archive)
    return flow


def frames_of(round_: Round) -> list[list[MarketEvent]]:
    """Return the round's live frames as one message, or none."""
    return [list(round_.frames)] if round_.frames else []


def quality_of(round_: Round) -> list[list[MarketEvent]]:
    """Return the round's quality reports as one message, or none."""
    return [list(round_.quality)] if round_.quality else []
