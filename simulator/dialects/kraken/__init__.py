"""Kraken spot: `/0/public/…` and the websocket API v2 at `/v2`."""
