"""The line formats of recordings, one generator each.

- hftbacktest: `1723161253937085768 {"stream":…}`; a REST snapshot has no "stream".
- cryptofeed 1: `1618677372.17: {…}` received, `url -> ts: body` a REST answer, `url <-> ts` a
  connection, `url <- ts: message` sent, `configuration: {…}`.
- cryptofeed 3, and our own: JSON lines `{"t":"header|http|connect|send|recv","conn","ts","url"|"addr",
  "data"}`, `ts` in seconds.

A line that fits none is yielded as `bad`. Times are read from their text, never through a float.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec

from runtime.recordings._record import Kind, Recorded

_V1_HTTP = re.compile(rb"(https?://\S+) -> (\d+(?:\.\d+)?): ", re.DOTALL)
_V1_SEND = re.compile(rb"(wss?://\S+) <- (\d+(?:\.\d+)?): ", re.DOTALL)
_V1_CONNECT = re.compile(rb"(wss?://\S+) <-> (\d+(?:\.\d+)?)")
_V1_RECV = re.compile(rb"(\d{9,11}(?:\.\d{1,9})?): ")
_HFT = re.compile(rb"(\d{16,20}) ")
_STREAM = re.compile(rb'"stream"\s*:\s*"([^"@]{1,40})@')
_SYMBOL = re.compile(rb'"symbol"\s*:\s*"([^"]{1,40})"')


class _Line(msgspec.Struct, gc=False):
    t: Kind
    conn: str = ""
    ts: Decimal = Decimal(0)
    url: str = ""
    addr: str = ""
    data: str = ""


_LINE = msgspec.json.Decoder(_Line)


def ns_of(seconds: bytes) -> int:
    """Return nanoseconds of a time in seconds, exactly."""
    whole, _, fraction = seconds.partition(b".")
    return int(whole) * 10**9 + int(fraction[:9].ljust(9, b"0"))


def hftbacktest(lines: Iterable[bytes], conn: str) -> Iterator[Recorded]:
    """Read lines of hftbacktest's collector.

    Spot and USD-M snapshots do not name their symbol: it is the one that the streams around it are
    about, or else the second part of the file's name (`spot_btcusdt_20240808`).
    """
    ts_ns = 0
    parts = conn.split("_")
    name = parts[1].upper().encode() if len(parts) > 1 else b""
    for line in lines:
        match = _HFT.match(line)
        if match is None:
            if line.strip():
                yield Recorded("bad", conn, ts_ns, "", line)
            continue
        ts_ns = _ns_from_digits(match[1])
        data = line[match.end() :]
        if stream := _STREAM.search(data, 0, 120):
            name = stream[1].upper()
        elif data.startswith(b'{"lastUpdateId"'):
            own = _SYMBOL.search(data, 0, 300)
            symbol = (own[1] if own else name).decode(errors="replace")
            yield Recorded("http", conn, ts_ns, f"/depth?symbol={symbol}", data)
            continue
        yield Recorded("recv", conn, ts_ns, "", data)


def hftbacktest_answers(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Keep the lines of REST answers, each after the line before it, which may tell its symbol."""
    before = b""
    for line in lines:
        if b'"stream"' not in line[:60]:
            yield before
            yield line
        before = line


def cryptofeed_text(lines: Iterable[bytes], conn: str) -> Iterator[Recorded]:
    """Read lines of cryptofeed 1 and 2; one connection a file."""
    ts_ns = 0
    for line in lines:
        record = _text_record(line, conn, ts_ns)
        if record is not None:
            ts_ns = record.ts_ns
            yield record


def _text_record(line: bytes, conn: str, ts_ns: int) -> Recorded | None:
    if match := _V1_RECV.match(line):
        return Recorded("recv", conn, ns_of(match[1]), "", line[match.end() :])
    kinds: tuple[tuple[Kind, re.Pattern[bytes]], ...] = (
        ("http", _V1_HTTP),
        ("send", _V1_SEND),
        ("connect", _V1_CONNECT),
    )
    for kind, pattern in kinds:
        if match := pattern.match(line):
            url = match[1].decode(errors="replace")
            return Recorded(kind, conn, ns_of(match[2]), url, line[match.end() :])
    if line.startswith(b"configuration: "):
        return Recorded("header", conn, ts_ns, "", line[15:])
    return Recorded("bad", conn, ts_ns, "", line) if line.strip() else None


def json_lines(lines: Iterable[bytes], conn: str) -> Iterator[Recorded]:
    """Read lines of cryptofeed 3, and of `tidegate record`."""
    ts_ns = 0
    for line in lines:
        if not line.strip():
            continue
        try:
            found = _LINE.decode(line)
            moment = int(found.ts.scaleb(9)) if found.ts else ts_ns
        except (msgspec.MsgspecError, ValueError, ArithmeticError):
            yield Recorded("bad", conn, ts_ns, "", line)
            continue
        ts_ns = moment
        if found.t == "header":
            yield Recorded("header", conn, ts_ns, "", line)
        else:
            yield Recorded(found.t, found.conn or conn, ts_ns, found.url or found.addr, found.data.encode())


def _ns_from_digits(digits: bytes) -> int:
    """Return nanoseconds from an epoch in micro- or nanoseconds."""
    value = int(digits)
    return value if len(digits) > 16 else value * 1000
