"""The dashboard's files go out with the caching and the policy that each needs."""

import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from trading.api.dashboard import Dashboard

SCRIPT = b"window.started = true"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "_next/static").mkdir(parents=True)
    (tmp_path / "index.html").write_bytes(b"<html><script>" + SCRIPT + b"</script></html>")
    (tmp_path / "404.html").write_text("<html>lost</html>")
    (tmp_path / "sw.js").write_text("self.skipWaiting()")
    (tmp_path / "_next/static/app-1a2b.js").write_text("run()")
    (tmp_path / "_next/static/app-1a2b.js.br").write_bytes(b"compressed")
    (tmp_path.parent / "secret.txt").write_text("not for the browser")
    return tmp_path


@pytest.fixture
async def browser(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Dashboard(folder))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def test_a_page_allows_its_own_inline_scripts_and_no_others(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/")
    digest = base64.b64encode(hashlib.sha256(SCRIPT).digest()).decode()
    scripts = next(
        part for part in page.headers["content-security-policy"].split("; ") if part.startswith("script-src")
    )
    assert scripts == f"script-src 'self' 'sha256-{digest}'"
    assert page.headers["cache-control"] == "no-cache"


async def test_the_service_worker_may_fetch_from_its_own_origin(browser: httpx.AsyncClient) -> None:
    worker = await browser.get("/sw.js")
    assert "connect-src 'self'" in worker.headers["content-security-policy"]
    assert worker.headers["cache-control"] == "no-cache"


async def test_files_named_by_their_content_are_kept_for_ever(browser: httpx.AsyncClient) -> None:
    asset = await browser.get("/_next/static/app-1a2b.js", headers={"Accept-Encoding": "identity"})
    assert asset.text == "run()"
    assert "immutable" in asset.headers["cache-control"]


async def test_a_compressed_twin_goes_out_to_whom_takes_it(browser: httpx.AsyncClient) -> None:
    request = browser.build_request("GET", "/_next/static/app-1a2b.js", headers={"Accept-Encoding": "br"})
    answer = await browser.send(request, stream=True)
    assert answer.headers["content-encoding"] == "br"
    assert b"".join([chunk async for chunk in answer.aiter_raw()]) == b"compressed"


async def test_an_unchanged_file_is_not_sent_twice(browser: httpx.AsyncClient) -> None:
    etag = (await browser.get("/")).headers["etag"]
    assert (await browser.get("/", headers={"If-None-Match": etag})).status_code == 304


@pytest.mark.parametrize("path", ["/nowhere", "/../secret.txt", "/%2e%2e/secret.txt", "/_next/static/"])
async def test_what_is_not_there_is_a_page_that_says_so(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 404
    assert "not for the browser" not in answer.text


async def test_a_dashboard_that_is_not_built_says_what_builds_it(tmp_path: Path) -> None:
    transport = httpx.ASGITransport(app=Dashboard(tmp_path / "absent"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.get("/")
    assert "make run" in answer.text
