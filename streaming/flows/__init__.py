"""The flows: one Bytewax dataflow from what collectors saw to what the house works with.

    event log ──▶ decode ─▶ validate ─▶ books ─▶ bars ─▶ quality ─▶ archive (tables, one transaction)
                                          │                 └─────▶ market.quality
                                          └─────▶ market.live

Each step is a plain function of a `Round`, what one look into the log gave; Bytewax carries rounds
from step to step. Nothing is remembered but in the tables: rows, the bars under way and the offsets
that they come from commit together, so that starting is recovering.
"""
