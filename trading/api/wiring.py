"""Puts the service together and starts its live loops, in an order that survives any restart.

The HTTP server answers at once, and says 503 until the ledger is rebuilt. Recovery runs on a thread:
wait for the database, take the journal, replay it, read the past bars, then follow the market. What
can't be mended here (a lost journal, a failed loop) ends the process: its start recovers.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from threading import Event, Thread

import structlog
from fastapi import FastAPI

from market.clock import Clock
from market.events import Bar, LiveFrame
from market.topics import TOPICS
from runtime.errors import RuntimeFailure, Unavailable
from runtime.event_log import open_event_log
from runtime.settings import CoreSettings
from trading.adapters.forecasts import ForecastClient
from trading.adapters.journal import JournalReader, PostgresJournal
from trading.adapters.journal_watch import JournalWatch
from trading.adapters.market_feed import MarketFeed
from trading.adapters.publisher import Publisher, publish_forecast
from trading.adapters.strategy_books import PostgresBooks
from trading.adapters.telemetry import PrometheusTelemetry
from trading.api.access import Access
from trading.api.bar_store import BarStore
from trading.api.forecast_watch import ForecastWatch, known_forecast
from trading.api.host.host import StrategyHost
from trading.api.host.roster import host_terms, load_roster
from trading.api.hub import Hub
from trading.api.ledger_feed import LedgerFeed
from trading.api.messages import BarMessage, ForecastMessage
from trading.api.routes.bars import chart_bar
from trading.api.schemas import Forecast as ForecastDocument
from trading.api.services import Services
from trading.core.engine import Engine
from trading.errors import JournalUnavailable, TradingError
from trading.ports import Forecast
from trading.settings import TradingSettings

RETRY_S = 0.5
STOP_S = 3.0
MINUTES_PER_DAY = 1440
SEAM_BARS = 10
ARCHIVE_DELAY_S = 2.0
"""How much later than its topic the `bars` table may have a bar."""

FIRST_HISTORY_LOOKS, FIRST_HISTORY_WAIT_S = 3, 20.0
"""How often, and after what pause, the day's bars are read again while a first history arrives."""

log = structlog.get_logger()


class LiveService:
    """Everything that runs beside the HTTP server, and its life."""

    def __init__(
        self,
        core: CoreSettings,
        trading: TradingSettings,
        *,
        clock: Clock,
        on_fatal: Callable[[BaseException], None],
    ) -> None:
        self._core, self._trading, self._clock, self._on_fatal = core, trading, clock, on_fatal
        self._config, self._instruments = trading.engine_config(core), trading.instruments()
        self._stopped = Event()
        self._resources = ExitStack()
        self._stops: list[Callable[[], None]] = []
        self._event_log = open_event_log(core)
        roster = load_roster(trading.strategies, core.data_dir)
        books = PostgresBooks(core)
        self._resources.callback(books.close)
        self._host = StrategyHost(
            roster,
            host_terms(tuple(roster), core, trading, self._instruments),
            books=books,
            clock=clock,
            on_failure=on_fatal,
        )
        self._hub = Hub(clock)
        self._forecasts = self._forecast_watch()
        token = core.access_token.get_secret_value() if core.access_token else None
        self.services = Services(
            symbols=core.symbols,
            venues=core.venues,
            clock=clock,
            access=Access(bind_host=core.bind_host, token=token, clock=clock),
            hub=self._hub,
            bars=BarStore(core),
            strategies=self._host,
            forecasts=self._forecasts,
            on_fatal=on_fatal,
        )

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """Start with the server and stop with it."""
        self._hub.start()
        starter = Thread(target=self._start, name="recovery", daemon=True)
        starter.start()
        yield
        self._stopped.set()
        await asyncio.to_thread(starter.join, STOP_S)
        await asyncio.gather(*(asyncio.to_thread(stop) for stop in self._stops))
        await asyncio.to_thread(self._resources.close)
        self.services.bars.close()
        self._event_log.close()

    def _start(self) -> None:
        try:
            engine = self._recover()
            if engine is not None:
                self._follow(engine)
        except (TradingError, RuntimeFailure) as error:
            log.critical("recovery_failed", reason=str(error), code=error.code)
            self._on_fatal(error)
        except Exception as error:  # the thread's outermost frame: say it, and let the process end
            log.exception("recovery_failed")
            self._on_fatal(error)

    def _recover(self) -> Engine | None:
        """Rebuild the ledger as soon as the database answers; nothing when told to stop before."""
        while not self._stopped.is_set():
            try:
                self._event_log.create_topics(TOPICS)
                journal = PostgresJournal(self._core)
            except (Unavailable, JournalUnavailable) as error:
                log.info("waiting_for_database", reason=str(error))
                self._stopped.wait(RETRY_S)
                continue
            self._resources.callback(journal.close)
            watch = JournalWatch(journal, self._on_fatal)
            watch.start()
            self._resources.callback(watch.stop)
            engine = Engine(
                self._config,
                clock=self._clock,
                journal=journal,
                instruments=self._instruments,
                telemetry=PrometheusTelemetry(),
            )
            entries = engine.recover()
            log.info("ledger_recovered", entries=entries)
            for held in {one.symbol for one in engine.positions()} - set(self._core.symbols):
                log.warning("position_without_market", symbol=held, mend="add it to TIDEGATE_SYMBOLS")
            return engine
        return None

    def _follow(self, engine: Engine) -> None:
        feed = self._market_feed(engine)
        publisher = Publisher(
            self._core, JournalReader(self._core), self._event_log, on_failure=self._on_fatal
        )
        ledger = LedgerFeed(self.services, self._on_fatal)
        self.services.checks["market_feed"] = lambda: None if feed.is_reading else "the event log is not read"
        self.services.checks["strategies"] = self._host.problem
        self._load_history(engine, max(self._host.minutes_wanted, MINUTES_PER_DAY))
        feed.start()
        self._stops.append(feed.stop)
        self.services.recovered(engine)
        for loop in (ledger, self._host):
            loop.start(engine)
            self._stops.append(loop.stop)
        for follower in (publisher, self._forecasts):
            follower.start()
            self._stops.append(follower.stop)
        self._close_the_seam(engine, feed)

    def _close_the_seam(self, engine: Engine, feed: MarketFeed) -> None:
        """Read once more what was closed between the end of the history and the start of the feed.

        At a first start the venues' history arrives meanwhile: the day's change needs all of it.
        """
        while not feed.is_reading and not self._stopped.is_set():
            self._stopped.wait(RETRY_S)
        if not self._stopped.wait(ARCHIVE_DELAY_S):
            self._load_history(engine, SEAM_BARS)
        for _ in range(FIRST_HISTORY_LOOKS):
            if self._stopped.wait(FIRST_HISTORY_WAIT_S):
                return
            self._load_day(engine)

    def _load_day(self, engine: Engine) -> None:
        for symbol in self._core.symbols:
            for bar in self._read_bars(symbol, self._core.venues[0], MINUTES_PER_DAY):
                engine.on_bar(bar)

    def _load_history(self, engine: Engine, limit: int) -> None:
        for symbol in self._core.symbols:
            for venue in self._core.venues:
                bars = self._read_bars(symbol, venue, limit)
                self._host.take_bars(bars)
                for bar in bars:
                    engine.on_bar(bar)

    def _read_bars(self, symbol: str, venue: str, limit: int) -> list[Bar]:
        while not self._stopped.is_set():
            try:
                return self.services.bars.read(symbol=symbol, venue=venue, timeframe="1m", limit=limit)
            except Unavailable as error:
                log.warning("waiting_for_bars", reason=str(error))
                self._stopped.wait(RETRY_S)
        return []

    def _market_feed(self, engine: Engine) -> MarketFeed:
        def on_live(frame: LiveFrame) -> None:
            self._hub.offer(frame)
            self._host.take_frame(frame)
            engine.on_live(frame)

        def on_bar(bar: Bar) -> None:
            engine.on_bar(bar)
            self._host.take_bars([bar])
            self._hub.publish(
                BarMessage(symbol=bar.symbol, venue=bar.venue, timeframe=bar.timeframe, bar=chart_bar(bar))
            )

        return MarketFeed(
            self._event_log,
            clock=self._clock,
            on_live=on_live,
            on_bar=on_bar,
            on_quality=engine.on_quality,
            on_gap=engine.forget_frames,
            on_failure=self._on_fatal,
        )

    def _forecast_watch(self) -> ForecastWatch:
        url = self._trading.forecasts_url or f"http://{self._core.reachable_host}:{self._core.forecasts_port}"
        client = ForecastClient(url, timeout_s=self._trading.forecast_timeout_s)
        self._resources.callback(client.close)

        def on_forecast(forecast: Forecast) -> None:
            self._host.take_forecast(forecast.symbol, known_forecast(forecast))
            self._hub.publish(ForecastMessage(forecast=ForecastDocument.model_validate(forecast)))

        return ForecastWatch(
            client,
            symbols=self._core.symbols,
            clock=self._clock,
            newest_close=self._host.newest_close,
            on_forecast=on_forecast,
            publish=lambda forecast: publish_forecast(self._event_log, forecast),
            on_failure=self._on_fatal,
        )
