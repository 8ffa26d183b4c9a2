"""REST requests of a collector: bounded in time, in number at once and in tries."""

import asyncio
import random

import httpx
import structlog

from streaming.collectors.metrics import REST_REQUESTS

TIMEOUT_S = 10.0
TRIES = 5
PAUSE_S = 0.5
PAUSE_S_MAX = 15.0
AT_ONCE = 4
HTTP_OK = 200
RETRY_STATUS = frozenset({418, 429, 500, 502, 503, 504})

log = structlog.get_logger()


class Rest:
    """GET paths of one venue. Use it as an async context manager."""

    def __init__(self, venue: str, base_url: str) -> None:
        """Take the venue's name and the base address, without a trailing slash."""
        self._venue = venue
        self._base_url = base_url
        self._client = httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=True)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._jitter = random.Random(0)  # noqa: S311  (spreads retries, guards nothing)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def get(self, path: str, *, tries: int = TRIES) -> bytes | None:
        """Return the body, or nothing when every try failed (which is logged and counted)."""
        pause_s = PAUSE_S
        for attempt in range(1, tries + 1):
            reason, wait_s = await self._try(path)
            if isinstance(reason, bytes):
                REST_REQUESTS.labels(self._venue, "ok").inc()
                return reason
            REST_REQUESTS.labels(self._venue, "failed").inc()
            log.warning("rest_request_failed", path=path, attempt=attempt, reason=reason)
            if wait_s is None:
                return None
            if attempt < tries:
                await asyncio.sleep(max(wait_s, pause_s * self._jitter.uniform(0.5, 1.0)))
                pause_s = min(2 * pause_s, PAUSE_S_MAX)
        return None

    async def _try(self, path: str) -> tuple[bytes | str, float | None]:
        """Return the body, or why there is none; and how long to wait, nothing if in vain."""
        async with self._slots:
            try:
                answer = await self._client.get(self._base_url + path)
            except httpx.HTTPError as error:
                return f"{type(error).__name__}: {error}", 0.0
        if answer.status_code == HTTP_OK:
            return answer.content, 0.0
        if answer.status_code not in RETRY_STATUS:
            return f"HTTP {answer.status_code}: {answer.text[:200]}", None
        asked = answer.headers.get("retry-after", "")
        wait_s = min(float(asked), 60.0) if asked.isdecimal() else 0.0
        return f"HTTP {answer.status_code}: {answer.text[:200]}", wait_s
