"""`/api/v1/stream`: the WebSocket. Its messages are `trading.api.messages`."""

import asyncio
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Query, WebSocket
from starlette.websockets import WebSocketDisconnect

from trading.api.hub import CLIENTS_MAX, INTERVAL_MS_MAX, Client
from trading.api.problems import ApiProblem
from trading.api.services import ServicesOf

router = APIRouter()
TRY_AGAIN_LATER = 1013
GOODBYE_S = 1.0


@router.websocket("/stream")
async def stream(
    websocket: WebSocket,
    services: ServicesOf,
    interval_ms: Annotated[int, Query(ge=0, le=INTERVAL_MS_MAX)] = 100,
) -> None:
    """Send everything that happens; prices at most once per `interval_ms`, 0 is every frame."""
    await websocket.accept()
    try:
        status = await asyncio.to_thread(services.status)
    except ApiProblem as problem:
        await websocket.close(TRY_AGAIN_LATER, problem.detail)
        return
    if services.hub.client_count >= CLIENTS_MAX:
        await websocket.close(TRY_AGAIN_LATER, "too many clients")
        return
    client = Client()
    group = services.hub.join(client, interval_ms, status)
    try:
        is_too_slow = await _serve(websocket, client)
    finally:
        services.hub.leave(client, group)
    if is_too_slow:
        # A deaf client's socket takes nothing more, not even the goodbye: don't wait for it.
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await websocket.close(TRY_AGAIN_LATER, "reads too slowly")


async def _serve(websocket: WebSocket, client: Client) -> bool:
    """Send until the client goes; return whether it was closed because it reads too slowly."""
    tasks = {
        asyncio.create_task(_send(websocket, client)),
        asyncio.create_task(_receive(websocket)),
        asyncio.create_task(client.too_slow.wait()),
    }
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return client.too_slow.is_set()


async def _send(websocket: WebSocket, client: Client) -> None:
    while True:
        try:
            await websocket.send_text(await client.next())
        except (WebSocketDisconnect, RuntimeError):
            return


async def _receive(websocket: WebSocket) -> None:
    """Read, and ignore, until the client hangs up."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass
