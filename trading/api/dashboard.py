"""The dashboard's files: a static Next.js export, held in memory.

Names with a content hash (`/_next/static`) may be cached for ever, everything else is asked for
again with its ETag. Files that the build has compressed (`.br`, `.gz`) go out as they are. Each
page gets a content security policy with the hashes of its own inline scripts.
"""

import base64
import hashlib
import mimetypes
import re
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from trading.api.problems import NotFound

ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_POLICY = (
    "default-src 'self'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_WORKER = "sw.js"
_WORKER_POLICY = "default-src 'none'; connect-src 'self'"
_ABSENT = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Tidegate</title>'
    "<h1>The dashboard is not built yet</h1><p><code>make run</code> builds it. "
    'The API is here: <a href="/docs">/docs</a>.</html>'
)
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


class _File(NamedTuple):
    body: bytes
    content_type: str
    etag: str
    cache_control: str
    policy: str | None
    encoded: dict[str, bytes]


class Dashboard:
    """An ASGI application that serves one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = _read(folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = self._respond(Request(scope)) if scope["type"] == "http" else Response(status_code=404)
        await response(scope, receive, send)

    def _respond(self, request: Request) -> Response:
        path = request.url.path.lstrip("/")
        if path.startswith("api/"):
            raise NotFound(f"there is no {request.method} {request.url.path}; /docs lists what there is")
        if request.method not in {"GET", "HEAD"}:
            return Response(status_code=405, headers={"Allow": "GET, HEAD"})
        if "index.html" not in self._files:
            self._files = _read(self._folder)
        for name in (path, f"{path}index.html" if path.endswith("/") or not path else f"{path}/index.html"):
            if file := self._files.get(name):
                return _serve(file, request, 200)
        if not self._files:
            headers = {"Content-Security-Policy": "default-src 'none'", "Cache-Control": REVALIDATE}
            return HTMLResponse(_ABSENT, 200 if not path else 404, headers)
        missing = self._files.get("404.html")
        return _serve(missing, request, 404) if missing else Response("no such page", 404)


def _serve(file: _File, request: Request, status: int) -> Response:
    headers = {"ETag": file.etag, "Cache-Control": file.cache_control, "Vary": "Accept-Encoding"}
    if file.policy is not None:
        headers["Content-Security-Policy"] = file.policy
    if status == 200 and request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    accepted = request.headers.get("accept-encoding", "")
    body = file.body
    for encoding, _ in ENCODINGS:
        if encoding in file.encoded and re.search(rf"\b{encoding}\b", accepted):
            body = file.encoded[encoding]
            headers["Content-Encoding"] = encoding
            break
    if request.method == "HEAD":
        headers["Content-Length"] = str(len(body))
        body = b""
    return Response(body, status, headers, media_type=file.content_type)


def _read(folder: Path) -> dict[str, _File]:
    if not (folder / "index.html").is_file():
        return {}
    compressed = tuple(suffix for _, suffix in ENCODINGS)
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(compressed)]
    return {path.relative_to(folder).as_posix(): _file(path, folder) for path in paths}


def _file(path: Path, folder: Path) -> _File:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    beside = {name: path.with_name(path.name + suffix) for name, suffix in ENCODINGS}
    is_hashed = path.relative_to(folder).as_posix().startswith("_next/static/")
    return _File(
        body=body,
        content_type=f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        cache_control=IMMUTABLE if is_hashed else REVALIDATE,
        policy=_policy_of(path, kind, body),
        encoded={name: other.read_bytes() for name, other in beside.items() if other.is_file()},
    )


def _policy_of(path: Path, kind: str, body: bytes) -> str | None:
    """Return a page's policy, or the service worker's, which fetches under its own script's."""
    if path.name == _WORKER:
        return _WORKER_POLICY
    return _policy(body) if kind == "text/html" else None


def _policy(page: bytes) -> str:
    digests = {hashlib.sha256(script).digest() for script in _INLINE_SCRIPT.findall(page) if script}
    hashes = sorted(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return _POLICY.format(scripts="".join(hashes))
