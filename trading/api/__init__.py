"""The trading service's edge: REST, the WebSocket stream, the dashboard's files, and the live loops.

`python -m trading.api` serves it. The engine is the only owner of orders and money; this package
feeds it (market data, strategies, forecasts) and shows what it knows.
"""
