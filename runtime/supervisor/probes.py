"""Probes: how the supervisor learns whether a process is ready. Each one returns within seconds."""

import http.client
import json
import socket
from dataclasses import dataclass
from typing import TypeAlias

TIMEOUT_S = 2.0
READY = ""


@dataclass(frozen=True)
class Http:
    """Ready when `/readyz` on this port answers 200."""

    port: int
    host: str = "127.0.0.1"


@dataclass(frozen=True)
class Tcp:
    """Ready when this port accepts a connection."""

    port: int
    host: str = "127.0.0.1"


@dataclass(frozen=True)
class Alive:
    """Ready when the process has lived for so many seconds; for those that listen on nothing."""

    seconds: float


Probe: TypeAlias = Http | Tcp | Alive


def ask(probe: Probe, uptime_s: float) -> str:
    """Return an empty text when ready, or the reason why not."""
    match probe:
        case Http(port, host):
            return _ask_http(host, port)
        case Tcp(port, host):
            return _ask_tcp(host, port)
        case Alive(seconds):
            return READY if uptime_s >= seconds else "starting"


def _ask_tcp(host: str, port: int) -> str:
    try:
        with socket.create_connection((host, port), timeout=TIMEOUT_S):
            return READY
    except OSError:
        return f"does not listen on port {port} yet"


def _ask_http(host: str, port: int) -> str:
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        body = response.read(4096)
    except (OSError, http.client.HTTPException):
        return f"does not answer on port {port} yet"
    finally:
        connection.close()
    return READY if response.status == http.client.OK else _reason(body)


def _reason(body: bytes) -> str:
    """Take the reasons out of our own answer; other servers' answers say only that they aren't ready."""
    try:
        document = json.loads(body)
    except ValueError:
        return "not ready"
    reasons = document.get("reasons") if isinstance(document, dict) else None
    if isinstance(reasons, dict) and reasons:
        return "; ".join(str(reason) for reason in reasons.values())
    detail = document.get("reason") or document.get("detail") if isinstance(document, dict) else None
    return str(detail or "not ready")
