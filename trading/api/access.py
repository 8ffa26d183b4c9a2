"""Who may ask: closed by default.

Without a token the service is one person's, on loopback: the Host header must name the loopback
(a page that rebinds its own name to 127.0.0.1 does not), and what changes state must come from our
own pages or from no page at all. With a token, a bearer header or a session cookie is needed for
everything but the dashboard's files, which hold no data, and the health probes.
"""

import base64
import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from market.clock import NS_PER_S, Clock
from runtime.errors import SettingsError
from trading.api.problems import ApiProblem, Forbidden, TooManyAttempts, Unauthorized

COOKIE = "tidegate_session"
SESSION_S = 7 * 24 * 3600
TOKEN_LENGTH_MIN = 16
ATTEMPTS_MAX = 5
ATTEMPTS_ALL_MAX = 50
WINDOW_S = 60
ADDRESSES_MAX = 1024
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PROTECTED_PAGES = frozenset({"/metrics", "/docs", "/openapi.json"})


class AttemptLimiter:
    """Count wrong tokens by address in a sliding window; bounded, the oldest address goes first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: dict[str, list[int]] = {}

    def wait_s(self, address: str) -> int:
        """Return how long the address must wait, in whole seconds; 0 when it need not."""
        start = self._clock.now_ns() - WINDOW_S * NS_PER_S
        for known in list(self._failures):
            kept = [moment for moment in self._failures[known] if moment > start]
            if kept:
                self._failures[known] = kept
            else:
                del self._failures[known]
        mine = self._failures.get(address, [])
        everyone = sum(len(moments) for moments in self._failures.values())
        if len(mine) < ATTEMPTS_MAX and everyone < ATTEMPTS_ALL_MAX:
            return 0
        oldest = mine[0] if mine else min(moments[0] for moments in self._failures.values())
        return max(1, (oldest - start) // NS_PER_S + 1)

    def failed(self, address: str) -> None:
        """Count a wrong token."""
        if address not in self._failures and len(self._failures) >= ADDRESSES_MAX:
            del self._failures[next(iter(self._failures))]
        self._failures.setdefault(address, []).append(self._clock.now_ns())


class Access:
    """The rules of one service: its token, if it has one, and its sessions.

    A session is a signed expiry, so that a restart keeps it and nothing is stored.
    """

    def __init__(self, *, bind_host: str, token: str | None, clock: Clock) -> None:
        if token is None and not is_loopback(bind_host):
            raise SettingsError(
                f"TIDEGATE_BIND_HOST={bind_host} can be reached from other machines: "
                "set TIDEGATE_ACCESS_TOKEN too (openssl rand -hex 24), or bind to 127.0.0.1"
            )
        if token is not None and len(token) < TOKEN_LENGTH_MIN:
            raise SettingsError(
                f"TIDEGATE_ACCESS_TOKEN has fewer than {TOKEN_LENGTH_MIN} characters; "
                "make one with: openssl rand -hex 24"
            )
        self._clock = clock
        self._limiter = AttemptLimiter(clock)
        self._secret = None if token is None else hashlib.sha256(token.encode()).digest()

    @property
    def needs_token(self) -> bool:
        """Whether a token is set."""
        return self._secret is not None

    def open_session(self, token: str, address: str) -> str:
        """Return the cookie of a new session.

        Raises:
            Unauthorized: the token is wrong.
            TooManyAttempts: too many wrong ones came before.
        """
        self._check_token(token, address)
        expires = self._clock.now_ns() // NS_PER_S + SESSION_S
        text = f"{expires}.{secrets.token_urlsafe(12)}"
        return f"{text}.{self._signature(text)}"

    def refusal(
        self, *, method: str | None, path: str, headers: Mapping[str, str], address: str
    ) -> ApiProblem | None:
        """Return why the request may not pass; `method` is nothing for a WebSocket."""
        try:
            self._check_host(headers)
            if method not in SAFE_METHODS:
                _check_origin(headers)
            if self._secret is not None and _is_protected(method, path):
                self._check_credentials(headers, address)
        except ApiProblem as problem:
            return problem
        return None

    def actor(self, address: str) -> str:
        """Return the name under which a command is recorded."""
        return f"operator at {address}" if self.needs_token else "local operator"

    def _check_host(self, headers: Mapping[str, str]) -> None:
        host = headers.get("host", "")
        name = _split(f"//{host}").hostname if host else None
        if not self.needs_token and (name is None or not is_loopback(name)):
            raise Forbidden(
                f"the host name {host!r} is not the loopback; open http://127.0.0.1 or http://localhost",
                code="access.host",
            )

    def _check_credentials(self, headers: Mapping[str, str], address: str) -> None:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token:
            self._check_token(token.strip(), address)
        elif not self._is_session(_cookie(headers)):
            raise Unauthorized("sign in with the access token: POST /api/v1/session, or a bearer header")

    def _check_token(self, token: str, address: str) -> None:
        wait_s = self._limiter.wait_s(address)
        if wait_s:
            raise TooManyAttempts(f"too many wrong tokens; wait {wait_s} s", retry_after_s=wait_s)
        given = hashlib.sha256(token.encode()).digest()
        if self._secret is None or not hmac.compare_digest(given, self._secret):
            self._limiter.failed(address)
            raise Unauthorized("this is not the access token")

    def _is_session(self, cookie: str | None) -> bool:
        if cookie is None or cookie.count(".") != 2:
            return False
        text, _, signature = cookie.rpartition(".")
        expires = text.partition(".")[0]
        if not hmac.compare_digest(signature.encode(), self._signature(text).encode()):
            return False
        return int(expires) > self._clock.now_ns() // NS_PER_S

    def _signature(self, text: str) -> str:
        assert self._secret is not None, "sessions exist only beside a token"
        digest = hmac.digest(self._secret, f"session:{text}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's loopback."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_protected(method: str | None, path: str) -> bool:
    if path == "/api/v1/session" and method in {"POST", "DELETE"}:
        return False
    return path.startswith("/api/") or path in PROTECTED_PAGES


def _check_origin(headers: Mapping[str, str]) -> None:
    origin = headers.get("origin")
    if origin is None:
        if headers.get("sec-fetch-site", "none") in {"none", "same-origin"}:
            return
        raise Forbidden("another site may not change anything here", code="access.origin")
    parts = _split(origin)
    if parts.scheme not in {"http", "https"} or parts.netloc != headers.get("host"):
        raise Forbidden(f"pages of {origin} may not change anything here", code="access.origin")


def _split(address: str) -> SplitResult:
    """Read an address that may be anything; one that can't be read has no parts."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _cookie(headers: Mapping[str, str]) -> str | None:
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return None
