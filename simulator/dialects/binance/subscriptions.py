"""Who listens to which of Binance's streams, and the commands by which clients change that."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from simulator.dialects._interface import Answer, Session, answer

_STREAMS_MAX = 1024
_METHODS = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")
_encode = msgspec.json.encode


class _Command(msgspec.Struct):
    method: str
    params: list[str] = []
    id: int | str | None = None


_decode_command = msgspec.json.Decoder(_Command).decode


class BinanceSession(Session):
    """A client and its streams; `combined` says whether frames name their stream."""

    def __init__(self, *, combined: bool) -> None:
        super().__init__()
        self.combined = combined
        self.streams: list[str] = []


class Subscriptions:
    """Sessions by stream. `key` maps a stream's name to the one under which it is sent."""

    def __init__(self, key: Callable[[str], str] = str) -> None:
        self._key = key
        self._sessions: dict[str, list[BinanceSession]] = {}

    def __contains__(self, stream: str) -> bool:
        return stream in self._sessions

    def streams(self) -> list[str]:
        """The streams that anybody listens to."""
        return list(self._sessions)

    def open(self, path: str, query: Mapping[str, str]) -> BinanceSession | Answer:
        """Accept `/stream?streams=a/b`, `/stream` and `/ws/a/b`, `/ws`."""
        if path == "/stream":
            session = BinanceSession(combined=True)
            names = query.get("streams", "")
        elif path == "/ws" or path.startswith("/ws/"):
            session = BinanceSession(combined=False)
            names = path[4:]
        else:
            return answer({"code": -1000, "msg": f"no websocket at {path}; use /stream or /ws"}, 404)
        self._subscribe(session, [name for name in names.split("/") if name])
        return session

    def close(self, session: BinanceSession) -> None:
        """Forget a session and its streams."""
        self._unsubscribe(session, list(session.streams))

    def receive(self, session: BinanceSession, text: bytes) -> None:
        """Obey SUBSCRIBE, UNSUBSCRIBE and LIST_SUBSCRIPTIONS."""
        try:
            command = _decode_command(text)
        except msgspec.ValidationError as error:
            _refuse(session, 2, f"Invalid request: {error}")
            return
        except msgspec.DecodeError as error:
            _refuse(session, 3, f"Invalid JSON: {error}")
            return
        result: list[str] | None = None
        if command.method == "SUBSCRIBE":
            self._subscribe(session, command.params)
        elif command.method == "UNSUBSCRIBE":
            self._unsubscribe(session, command.params)
        elif command.method == "LIST_SUBSCRIPTIONS":
            result = session.streams
        else:
            known = ", ".join(f"`{method}`" for method in _METHODS)
            _refuse(
                session, 2, f"Invalid request: unknown variant `{command.method}`, expected one of {known}"
            )
            return
        session.outbox.append(_encode({"result": result, "id": command.id}))

    def send(self, stream: str, kind: str, data: str) -> None:
        """Send one stream's data to those who listen."""
        sessions = self._sessions.get(stream)
        if sessions:
            self.send_frames(stream, kind, f'{{"stream":"{stream}","data":{data}}}'.encode(), data.encode())

    def send_frames(self, key: str, kind: str, combined: bytes, raw: bytes) -> None:
        """Send a frame in the form that each listener of `key` wants."""
        for session in self._sessions.get(key, ()):
            session.outbox.append(combined if session.combined else raw)
            session.sent[kind] += 1

    def _subscribe(self, session: BinanceSession, names: Sequence[str]) -> None:
        for name in names[:_STREAMS_MAX]:
            if name not in session.streams:
                session.streams.append(name)
                self._sessions.setdefault(self._key(name), []).append(session)

    def _unsubscribe(self, session: BinanceSession, names: Sequence[str]) -> None:
        for name in names:
            if name in session.streams:
                session.streams.remove(name)
                key = self._key(name)
                self._sessions[key].remove(session)
                if not self._sessions[key]:
                    del self._sessions[key]


def _refuse(session: BinanceSession, code: int, message: str) -> None:
    session.outbox.append(_encode({"error": {"code": code, "msg": message}}))
