"""What a recording holds, whatever its format."""

from typing import Literal, NamedTuple

Kind = Literal["header", "http", "connect", "send", "recv", "bad"]


class Recorded(NamedTuple):
    """One thing that happened, at `ts_ns` (nanoseconds UTC, the recorder's clock).

    `conn` names the connection, `url` is what was requested or connected to. `data` is what was
    received (or sent) as it came; of a `bad` line, which fits no format, the line itself.
    """

    kind: Kind
    conn: str
    ts_ns: int
    url: str
    data: bytes
