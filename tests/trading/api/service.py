"""Runs the real trading service in a process of its own, and plays the market to it."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx

from market.clock import SystemClock
from market.codecs import encode_batch
from market.events import Bar, LiveFrame, MarketEvent, Quality, QualityState, Side
from market.topics import BARS, LIVE, QUALITY, TOPICS, Topic, partition_for
from runtime.event_log import NewRecord, open_event_log
from runtime.postgres import connect
from runtime.settings import CoreSettings
from tests.support.servers import START_S

ROOT = Path(__file__).parents[3]
SYMBOLS = ("BTC/USDT", "ETH/USDT")
VENUES = ("binance", "kraken")
PRICES = {"BTC/USDT": Decimal(60_000), "ETH/USDT": Decimal(3_000)}
MINUTE_NS = 60_000_000_000
CLOCK = SystemClock()

T = TypeVar("T")


class Market:
    """Plays flows: every instrument live and good, five times a second, and a flat bar each minute."""

    def __init__(self, settings: CoreSettings) -> None:
        self._log = open_event_log(settings)
        self._log.create_topics(TOPICS)
        self._sequence = 0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._minute = CLOCK.now_ns() // MINUTE_NS
        self.state = QualityState.OK

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        self._log.close()

    def send(self, topic: Topic, events: Sequence[MarketEvent]) -> None:
        with self._lock:
            self._sequence += 1
            payload = encode_batch(list(events), sender="test", sequence=self._sequence)
            self._log.append([NewRecord(topic, partition_for("BTC/USDT@binance", topic), payload)])

    def frames(self) -> list[LiveFrame]:
        self._sequence += 1
        return [frame(symbol, venue, self._sequence) for symbol in SYMBOLS for venue in VENUES]

    def _run(self) -> None:
        while not self._stopped.wait(0.2):
            now = CLOCK.now_ns()
            self.send(LIVE, self.frames())
            if now // MINUTE_NS > self._minute:
                self._minute = now // MINUTE_NS
                self.send(BARS, [bar for symbol in SYMBOLS for bar in bars(symbol, 1, slope=0, until_ns=now)])
            qualities = [
                Quality(
                    venue=venue,
                    symbol=symbol,
                    ts_event=now,
                    ts_init=now,
                    state=self.state,
                    reason="",
                    lag_ms=3.0,
                    updates_per_s=5.0,
                    gaps=0,
                    quarantined=0,
                )
                for symbol in SYMBOLS
                for venue in VENUES
            ]
            self.send(QUALITY, qualities)


def frame(symbol: str, venue: str, sequence: int, *, ts_init: int | None = None) -> LiveFrame:
    price = PRICES[symbol] + (0 if venue == "binance" else Decimal("0.5"))
    now = CLOCK.now_ns() if ts_init is None else ts_init
    return LiveFrame(
        venue=venue,
        symbol=symbol,
        ts_event=now,
        ts_init=now,
        sequence=sequence,
        bids=[(price - Decimal("0.1"), Decimal(50))],
        asks=[(price + Decimal("0.1"), Decimal(50))],
        last_price=price,
        last_size=Decimal(1),
        last_side=Side.BUY,
    )


def bars(symbol: str, count: int, *, slope: float, until_ns: int, venue: str = "binance") -> list[Bar]:
    """Return `count` minutes that end before `until_ns` at the symbol's price; `slope` per bar."""
    end = until_ns - until_ns % MINUTE_NS
    rows = []
    for index in range(count):
        open_time = end - (count - index) * MINUTE_NS
        close = PRICES[symbol] * (1 + Decimal(str(slope)) * (index - count + 1))
        opened = PRICES[symbol] * (1 + Decimal(str(slope)) * (index - count))
        rows.append(
            Bar(
                venue=venue,
                symbol=symbol,
                ts_event=open_time + MINUTE_NS,
                ts_init=open_time + MINUTE_NS,
                timeframe="1m",
                open_time=open_time,
                close_time=open_time + MINUTE_NS,
                open=opened,
                high=max(opened, close),
                low=min(opened, close),
                close=close,
                volume=Decimal(1),
                trade_count=1,
            )
        )
    return rows


def store_bars(settings: CoreSettings, rows: Sequence[Bar]) -> None:
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO bars (venue, symbol, timeframe, open_time, open, high, low, close, volume,"
            " trade_count, source, ts_init) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)"
            " ON CONFLICT DO NOTHING",
            [
                (
                    bar.venue,
                    bar.symbol,
                    bar.timeframe,
                    datetime.fromtimestamp(bar.open_time / 1e9, UTC),
                    bar.open,
                    bar.high,
                    bar.low,
                    bar.close,
                    bar.volume,
                    bar.trade_count,
                    bar.source,
                    datetime.fromtimestamp(bar.ts_init / 1e9, UTC),
                )
                for bar in rows
            ],
        )


class ForecastServer:
    """Answers `POST /forecast` as the model server does; `value` is the predicted return."""

    def __init__(self, settings: CoreSettings) -> None:
        outer = self
        self.value: float | None = None
        self.version = "lstm-7"

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                symbol = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["symbol"]
                document = outer.answer(symbol)
                body = json.dumps(document or {"reason": "lacks bars"}).encode()
                self.send_response(200 if document else 503)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", settings.forecasts_port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def answer(self, symbol: str) -> dict[str, Any] | None:
        if self.value is None or symbol != "ETH/USDT":
            return None
        now = CLOCK.now_ns()
        closed = datetime.fromtimestamp((now - now % MINUTE_NS) / 1e9, UTC)
        return {
            "symbol": symbol,
            "made_at": datetime.fromtimestamp(now / 1e9, UTC).isoformat(),
            "bar_close_time": closed.isoformat(),
            "horizon_s": 900,
            "predicted_return": self.value,
            "probability_up": 0.7 if self.value > 0 else 0.3,
            "low": self.value - 0.01,
            "high": self.value + 0.01,
            "model": "lstm",
            "model_version": self.version,
            "feature_hash": "abc",
            "last_price": "3000",
        }

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Service:
    """One `python -m trading.api`."""

    def __init__(self, settings: CoreSettings, **environment: str) -> None:
        self.settings = settings
        self.url = f"http://127.0.0.1:{settings.api_port}"
        self.stream_url = f"ws://127.0.0.1:{settings.api_port}/api/v1/stream"
        self.http = httpx.Client(base_url=self.url, timeout=30)
        self.log_path = settings.data_dir / "trading.log"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")},
            "TIDEGATE_DATA_DIR": str(settings.data_dir),
            "TIDEGATE_PORT_BASE": str(settings.port_base),
            "TIDEGATE_DATABASE_URL": settings.database_dsn,
            "TIDEGATE_SYMBOLS": ",".join(SYMBOLS),
            "TIDEGATE_VENUES": ",".join(VENUES),
            "TIDEGATE_TRADING_GATE_CLEAN_S": "0",
            "TIDEGATE_TRADING_STRATEGIES": "ema_cross,forecast_follower",
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log_path.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "trading.api"], cwd=ROOT, env=self._environment, stderr=output
            )

    def stop(self) -> tuple[int, float]:
        """Send SIGTERM; return the exit code and how many seconds it took."""
        assert self.process is not None
        started = time.monotonic()
        self.process.terminate()
        try:
            code = self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"still running 20 s after SIGTERM\n{self.log()}") from None
        return code, time.monotonic() - started

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def log(self) -> str:
        return self.log_path.read_text()[-6000:]

    def get(self, path: str) -> Any:
        return self.http.get(path).raise_for_status().json()

    def wait_for(self, what: str, ask: Callable[[], T | None], *, timeout_s: float = 60) -> T:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, f"ended early\n{self.log()}"
            try:
                if answer := ask():
                    return answer
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"no {what} within {timeout_s} s\n{self.log()}")

    def wait_ready(self) -> None:
        self.wait_for("readiness", lambda: self.http.get("/readyz").status_code == 200, timeout_s=START_S)


@contextmanager
def running(settings: CoreSettings, **environment: str) -> Iterator[Service]:
    """Run the service for as long as the block."""
    service = Service(settings, **environment)
    service.start()
    try:
        yield service
    finally:
        if service.process is not None and service.process.poll() is None:
            service.stop()
        service.http.close()
