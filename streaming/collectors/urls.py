"""Where a venue is: its own addresses, or the simulator's."""

from streaming.exchanges._interface import Exchange


def base_urls(exchange: Exchange, simulator_url: str | None) -> tuple[str, str]:
    """Return the websocket and the REST base; with a simulator, both are `<simulator>/<venue>`."""
    if simulator_url is None:
        return exchange.ws_url, exchange.rest_url
    rest_url = f"{simulator_url}/{exchange.venue}"
    return "ws" + rest_url.removeprefix("http"), rest_url
