"""Coinbase Advanced Trade: `/api/v3/brokerage/market/…` and one websocket at `/`."""
