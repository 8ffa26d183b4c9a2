"""The endpoints, one file per noun; each file exposes `router`."""

from fastapi import APIRouter

from trading.api.routes import (
    bars,
    feeds,
    forecasts,
    markets,
    orders,
    portfolio,
    session,
    signals,
    status,
    strategies,
    stream,
    trading,
)

ROUTERS: tuple[APIRouter, ...] = (
    status.router,
    portfolio.router,
    orders.router,
    markets.router,
    bars.router,
    forecasts.router,
    feeds.router,
    strategies.router,
    signals.router,
    trading.router,
    session.router,
    stream.router,
)
