"""Binance spot: `/api/v3/…`, `/stream?streams=…` and `/ws/…`."""
