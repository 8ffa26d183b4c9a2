"""The trading room: from signals to routed, journaled and filled orders.

Layers, top to bottom: `api`, `adapters`, `backtesting`, `strategies`, `strategy_framework`, `core`,
`ports`. The same `core` runs live on paper and in backtests.
"""
