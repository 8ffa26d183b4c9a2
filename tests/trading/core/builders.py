"""Builders with defaults for the trading core's tests: one symbol, two venues, a standing clock."""

from collections.abc import Sequence
from decimal import Decimal

from market.clock import NS_PER_S, ManualClock
from market.events import Bar, Level, LiveFrame, Quality, QualityState, Side
from trading.core.config import EngineConfig
from trading.core.engine import Engine
from trading.core.instruments import InstrumentTable, VenueFees
from trading.core.ledger import MemoryJournal
from trading.core.signals import Direction, Signal
from trading.ports import Journal

START_NS = 1_795_996_800 * NS_PER_S  # 2026-11-30T00:00:00Z
BTC = "BTC/USDT"
ETH = "ETH/USDT"
VENUES = ("binance", "kraken")
FEES = {
    "binance": VenueFees(maker=Decimal("0.001"), taker=Decimal("0.001")),
    "kraken": VenueFees(maker=Decimal("0.0025"), taker=Decimal("0.004")),
}


def levels(*pairs: tuple[str | int, str | int]) -> list[Level]:
    return [(Decimal(price), Decimal(size)) for price, size in pairs]


def frame(
    *,
    venue: str = "binance",
    symbol: str = BTC,
    bids: Sequence[Level] | None = None,
    asks: Sequence[Level] | None = None,
    ts: int = START_NS,
    sequence: int = 1,
    last_price: str | None = "100",
) -> LiveFrame:
    return LiveFrame(
        venue=venue,
        symbol=symbol,
        ts_event=ts,
        ts_init=ts,
        sequence=sequence,
        bids=list(bids if bids is not None else levels((100, 1000))),
        asks=list(asks if asks is not None else levels((101, 1000))),
        last_price=None if last_price is None else Decimal(last_price),
        last_size=None,
        last_side=Side.BUY,
    )


def quality(
    *,
    venue: str = "binance",
    symbol: str = BTC,
    state: QualityState = QualityState.OK,
    reason: str = "",
    ts: int = START_NS,
) -> Quality:
    return Quality(
        venue=venue,
        symbol=symbol,
        ts_event=ts,
        ts_init=ts,
        state=state,
        reason=reason,
        lag_ms=1.0,
        updates_per_s=10.0,
        gaps=0,
        quarantined=0,
    )


def bar(*, close: str, close_time: int, venue: str = "binance", symbol: str = BTC) -> Bar:
    price = Decimal(close)
    return Bar(
        venue=venue,
        symbol=symbol,
        ts_event=close_time,
        ts_init=close_time,
        timeframe="1m",
        open_time=close_time - 60 * NS_PER_S,
        close_time=close_time,
        open=price,
        high=price,
        low=price,
        close=price,
        volume=Decimal(1),
        trade_count=1,
    )


def enter(
    signal_id: str = "enter-1",
    *,
    strategy: str = "ema",
    symbol: str = BTC,
    stake: str | None = "1000",
    size: str | None = None,
    limit: str | None = None,
    strength: float = 1.0,
    ts: int = START_NS,
) -> Signal:
    return Signal(
        id=signal_id,
        strategy=strategy,
        symbol=symbol,
        direction=Direction.ENTER_LONG,
        ts=ts,
        strength=strength,
        stake=None if stake is None else Decimal(stake),
        size=None if size is None else Decimal(size),
        limit_price=None if limit is None else Decimal(limit),
    )


def leave(
    signal_id: str = "exit-1",
    *,
    strategy: str = "ema",
    symbol: str = BTC,
    size: str | None = None,
    limit: str | None = None,
    ts: int = START_NS,
) -> Signal:
    return Signal(
        id=signal_id,
        strategy=strategy,
        symbol=symbol,
        direction=Direction.EXIT_LONG,
        ts=ts,
        size=None if size is None else Decimal(size),
        limit_price=None if limit is None else Decimal(limit),
    )


def config(**changes: object) -> EngineConfig:
    values: dict[str, object] = {"symbols": (BTC, ETH), "venues": VENUES, "gate_clean_s": 0, **changes}
    return EngineConfig(**values)  # type: ignore[arg-type]


class Bench:
    """An engine on a manual clock, with good data on both venues unless it is told otherwise."""

    def __init__(self, *, journal: Journal | None = None, has_data: bool = True, **changes: object) -> None:
        self.clock = ManualClock(START_NS)
        self.journal = journal or MemoryJournal()
        self.config = config(**changes)
        self.engine = self.new_engine()
        if has_data:
            for symbol in self.config.symbols:
                for venue in VENUES:
                    self.engine.on_live(frame(venue=venue, symbol=symbol))
                    self.engine.on_quality(quality(venue=venue, symbol=symbol))

    def new_engine(self) -> Engine:
        engine = Engine(
            self.config, clock=self.clock, journal=self.journal, instruments=InstrumentTable(FEES)
        )
        engine.recover()
        return engine

    def restart(self) -> None:
        """Forget everything but the journal."""
        self.engine = self.new_engine()

    def after(self, seconds: float) -> int:
        """Let the clock run; return the new time."""
        self.clock.advance(int(seconds * NS_PER_S))
        return self.clock.now_ns()

    def live(
        self,
        *,
        venue: str = "binance",
        symbol: str = BTC,
        bids: Sequence[Level] | None = None,
        asks: Sequence[Level] | None = None,
        after_s: float = 1.0,
    ) -> None:
        """Let `after_s` pass and then show a frame."""
        self.engine.on_live(frame(venue=venue, symbol=symbol, bids=bids, asks=asks, ts=self.after(after_s)))

    def judge(self, state: QualityState, *, venue: str = "binance", symbol: str = BTC) -> None:
        """Show a quality of now."""
        self.engine.on_quality(
            quality(venue=venue, symbol=symbol, state=state, ts=self.clock.now_ns(), reason="a gap")
        )
