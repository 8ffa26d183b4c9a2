"""The present of every instrument: newest frame, health, and whether it may be traded on.

Taking a frame costs a dictionary look-up; everything else is worked out when it is asked for.
"""

from bisect import bisect_left
from decimal import Decimal
from typing import Literal, TypeAlias

from market.clock import NS_PER_MS, NS_PER_S
from market.events import Bar, LiveFrame, Quality, QualityState, Side
from market.instruments import InstrumentId
from trading.core.config import EngineConfig
from trading.core.decimals import rounded_ratio
from trading.core.instruments import InstrumentTable
from trading.core.router import Offer
from trading.core.views import FeedView, MarketView, VenuePriceView

DAY_NS = 86_400 * NS_PER_S
_TWO = Decimal(2)

_Close: TypeAlias = tuple[int, Decimal]


class Markets:
    """Frames, qualities and closes of the configured symbols and venues."""

    def __init__(self, config: EngineConfig, instruments: InstrumentTable) -> None:
        self._config = config
        self._instruments = instruments
        self._frames: dict[tuple[str, str], LiveFrame] = {}
        self._qualities: dict[tuple[str, str], Quality] = {}
        self._bad_at: dict[tuple[str, str], int] = {}
        self._closes: dict[tuple[str, str], list[_Close]] = {}

    def take_frame(self, frame: LiveFrame) -> None:
        """Keep the newest frame of its instrument."""
        self._frames[frame.symbol, frame.venue] = frame

    def forget_frames(self) -> None:
        """Know no prices any more, until new frames come."""
        self._frames.clear()

    def take_quality(self, quality: Quality) -> None:
        """Keep the newest health of its instrument, and remember when it was last bad."""
        key = (quality.symbol, quality.venue)
        self._qualities[key] = quality
        if quality.state is not QualityState.OK:
            self._bad_at[key] = quality.ts_init

    def take_bar(self, bar: Bar) -> None:
        """Keep a day of one-minute closes; bars may come late, older and repeated ones change nothing."""
        if bar.timeframe != "1m":
            return
        closes = self._closes.setdefault((bar.symbol, bar.venue), [])
        at = bisect_left(closes, bar.close_time, key=_close_time)
        if at < len(closes) and closes[at][0] == bar.close_time:
            return
        closes.insert(at, (bar.close_time, bar.close))
        while closes[0][0] < closes[-1][0] - DAY_NS:
            del closes[0]

    def frame(self, symbol: str, venue: str) -> LiveFrame | None:
        """Return the newest frame of an instrument."""
        return self._frames.get((symbol, venue))

    def fault(self, symbol: str, venue: str, now_ns: int) -> str | None:
        """Say why an instrument can't be traded on; nothing when it can."""
        fresh_fault = self.fresh_fault(symbol, venue, now_ns)
        if fresh_fault is not None:
            return fresh_fault
        key = (symbol, venue)
        quality = self._qualities.get(key)
        if quality is None:
            return "its quality is not known yet"
        if quality.state is not QualityState.OK:
            return f"{quality.state.value}: {quality.reason}" if quality.reason else quality.state.value
        bad_at = self._bad_at.get(key)
        if bad_at is not None and now_ns - bad_at < self._config.gate_clean_s * NS_PER_S:
            return f"good for less than {self._config.gate_clean_s} s"
        return None

    def fresh_fault(self, symbol: str, venue: str, now_ns: int) -> str | None:
        """Say why an instrument has no usable book at all; nothing when it has a fresh one."""
        frame = self._frames.get((symbol, venue))
        if frame is None:
            return "no prices yet"
        if not frame.bids or not frame.asks:
            return "its book is one-sided"
        if frame.bids[0][0] >= frame.asks[0][0]:
            return "its book is crossed"
        age_s = (now_ns - self._heard_at(frame)) / NS_PER_S
        if age_s > self._config.data_age_max_s:
            return f"nothing heard for {age_s:.0f} s"
        if age_s < -self._config.data_age_max_s:
            return f"its newest update is {-age_s:.0f} s ahead of this machine's clock"
        return None

    def symbol_fault(self, symbol: str, now_ns: int) -> str | None:
        """Say why a symbol can't be traded on any venue; nothing when one venue is good."""
        faults = {venue: self.fault(symbol, venue, now_ns) for venue in self._config.venues}
        if any(fault is None for fault in faults.values()):
            return None
        return "; ".join(f"{venue}: {fault}" for venue, fault in faults.items())

    def sound_feeds(self, now_ns: int) -> frozenset[InstrumentId]:
        """Return the instruments that can be traded on."""
        return frozenset(
            InstrumentId(symbol, venue)
            for symbol in self._config.symbols
            for venue in self._config.venues
            if self.fault(symbol, venue, now_ns) is None
        )

    def offers(
        self, symbol: str, side: Side, now_ns: int, *, is_reducing: bool
    ) -> tuple[list[Offer], dict[str, str]]:
        """Return the books that an order may take from, and why each other venue can't be used.

        Only venues with good data; but where none has, a reducing order may use any fresh book: to
        get out on doubtful data is better than to stay in.
        """
        faults = {venue: self.fault(symbol, venue, now_ns) for venue in self._config.venues}
        if is_reducing and all(faults.values()):
            faults = {venue: self.fresh_fault(symbol, venue, now_ns) for venue in self._config.venues}
        offers = [
            Offer(
                venue=venue,
                levels=self._frames[symbol, venue].asks
                if side is Side.BUY
                else self._frames[symbol, venue].bids,
                taker_fee=self._instruments.get(symbol, venue).taker_fee,
            )
            for venue, fault in faults.items()
            if fault is None
        ]
        return offers, {venue: fault for venue, fault in faults.items() if fault is not None}

    def mark(self, symbol: str, now_ns: int) -> Decimal | None:
        """Return the middle of the first configured venue's good book, else of the newest book."""
        newest: LiveFrame | None = None
        for venue in self._config.venues:
            frame = self._frames.get((symbol, venue))
            if frame is None or _middle(frame) is None:
                continue
            if self.fault(symbol, venue, now_ns) is None:
                return _middle(frame)
            if newest is None or frame.ts_init > newest.ts_init:
                newest = frame
        return None if newest is None else _middle(newest)

    def market_views(self, now_ns: int) -> list[MarketView]:
        """Return the present of every configured symbol."""
        return [self._market_view(symbol, now_ns) for symbol in self._config.symbols]

    def feed_views(self, now_ns: int) -> list[FeedView]:
        """Return the health of every instrument that was heard of, by symbol and venue."""
        return [self._feed_view(InstrumentId(*key), now_ns) for key in sorted(self._qualities)]

    def _heard_at(self, frame: LiveFrame) -> int:
        # A calm market sends no frames, but its quality flow vouches for it each second.
        quality = self._qualities.get((frame.symbol, frame.venue))
        if quality is not None and quality.state is QualityState.OK:
            return max(frame.ts_init, quality.ts_init)
        return frame.ts_init

    def _market_view(self, symbol: str, now_ns: int) -> MarketView:
        venues = [
            _venue_price_view(frame, now_ns)
            for venue in self._config.venues
            if (frame := self._frames.get((symbol, venue))) is not None
        ]
        last_prices = [view.last_price for view in venues if view.last_price is not None]
        last_price = last_prices[0] if last_prices else self.mark(symbol, now_ns)
        return MarketView(
            symbol=symbol,
            last_price=last_price,
            change_ratio_24h=self._change_ratio(symbol, last_price),
            venues=venues,
        )

    def _change_ratio(self, symbol: str, last_price: Decimal | None) -> Decimal | None:
        for venue in self._config.venues:
            closes = self._closes.get((symbol, venue))
            if closes:
                newest = closes[-1][1] if last_price is None else last_price
                return rounded_ratio(newest / closes[0][1] - 1)
        return None

    def _feed_view(self, key: InstrumentId, now_ns: int) -> FeedView:
        quality = self._qualities[key]
        frame = self._frames.get(key)
        silent_s = (now_ns - quality.ts_init) / NS_PER_S
        is_silent = silent_s > self._config.data_age_max_s
        state: Literal["ok", "degraded", "stale"] = "stale" if is_silent else quality.state.value
        return FeedView(
            venue=key.venue,
            symbol=key.symbol,
            state=state,
            reason=f"nothing heard for {silent_s:.0f} s" if is_silent else quality.reason,
            lag_ms=quality.lag_ms,
            updates_per_s=0.0 if is_silent else quality.updates_per_s,
            gaps=quality.gaps,
            quarantined=quality.quarantined,
            last_update_ms=None if frame is None else frame.ts_init // NS_PER_MS,
        )


def _middle(frame: LiveFrame) -> Decimal | None:
    if frame.bids and frame.asks:
        return (frame.bids[0][0] + frame.asks[0][0]) / _TWO
    return frame.last_price


def _venue_price_view(frame: LiveFrame, now_ns: int) -> VenuePriceView:
    return VenuePriceView(
        venue=frame.venue,
        bid=frame.bids[0][0] if frame.bids else None,
        ask=frame.asks[0][0] if frame.asks else None,
        last_price=frame.last_price,
        age_ms=max(0, now_ns - frame.ts_init) // NS_PER_MS,
    )


def _close_time(close: _Close) -> int:
    return close[0]
