"""`strategy.dp`: the candles, analysed frames and market facts that a strategy may ask for.

In a backtest nothing later than the present candle is given: the loop sets the present with
`set_now` and `set_rows`. Where a fact has no history (ticker, order book, public trades) a backtest
gives an empty answer.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pandas as pd

from trading.strategy_framework.candles.times import timeframe_to_prev_date, timeframe_to_seconds
from trading.strategy_framework.interface.enums import TRADE_MODES, CandleType, RunMode
from trading.strategy_framework.interface.market_documents import market_of_name

ANALYZED_ROWS_MAX = 1000
MESSAGES_MAX = 1000
FUNDING_TIMEFRAME = "1h"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Key = tuple[str, str, CandleType]


class CandleSource(Protocol):
    """Where candles come from: files, memory, or the live host."""

    def candles(self, pair: str, timeframe: str, candle_type: str = "spot") -> pd.DataFrame:
        """Return all candles in order, without gaps; an empty frame where there are none."""
        ...

    def pairs(self, timeframe: str) -> Sequence[str]:
        """Return the pairs with candles of that timeframe."""
        ...


class Venue(Protocol):
    """What a venue says at this moment, in ccxt's shapes."""

    def ticker(self, pair: str) -> dict[str, Any]:
        """Return the last prices."""
        ...

    def orderbook(self, pair: str, maximum: int) -> dict[str, Any]:
        """Return `bids` and `asks` as lists of [price, size]."""
        ...

    def funding_rate(self, pair: str) -> dict[str, Any]:
        """Return the funding rate of a perpetual."""
        ...

    def trades(self, pair: str) -> pd.DataFrame:
        """Return the last public trades."""
        ...


class DataProvider:
    """The data of one strategy object.

    `markets` maps pairs to ccxt's market documents; a pair that is not in it gets base and quote from
    its name. In a backtest `since` and `until` bound what `get_pair_dataframe` shows: from
    `startup_candle_count` candles of each timeframe before `since`.
    """

    def __init__(
        self,
        source: CandleSource,
        config: Mapping[str, Any],
        *,
        whitelist: Sequence[str] = (),
        markets: Mapping[str, Mapping[str, Any]] | None = None,
        venue: Venue | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> None:
        self._source = source
        self._config = config
        self._whitelist = list(whitelist)
        self._markets = markets
        self._venue = venue
        self._since = since
        self._until = until
        self._history: dict[Key, pd.DataFrame] = {}
        self._analyzed: dict[Key, tuple[pd.DataFrame, datetime]] = {}
        self._packed: set[Key] = set()
        self._rows: dict[str, int] = {}
        self._now: datetime | None = None
        self.messages: deque[str] = deque(maxlen=MESSAGES_MAX)

    @property
    def runmode(self) -> RunMode:
        """What the strategy runs in."""
        return RunMode(self._config.get("runmode", RunMode.OTHER))

    def set_now(self, now: datetime | None) -> None:
        """Hide the candles that are not closed at `now`; show all without it."""
        self._now = now

    def set_rows(self, pair: str, rows: int) -> None:
        """Show the first `rows` rows of the pair's analysed frame."""
        self._rows[pair] = rows

    def set_analyzed(self, pair: str, timeframe: str, frame: pd.DataFrame, at: datetime = EPOCH) -> None:
        """Keep the analysed frame of a pair; `at` is the time of the analysis."""
        key = (pair, timeframe, self._default_type)
        self._analyzed[key] = (frame, at)
        self._packed.discard(key)

    def clear_cache(self) -> None:
        """Forget the analysed frames."""
        self._analyzed.clear()
        self._packed.clear()
        self._rows.clear()

    def get_pair_dataframe(
        self, pair: str, timeframe: str | None = None, candle_type: str = ""
    ) -> pd.DataFrame:
        """Return the closed candles of a pair, up to the present candle in a backtest."""
        if candle_type == CandleType.FUNDING_RATE:
            timeframe = self.get_funding_rate_timeframe()
        timeframe = timeframe or str(self._config["timeframe"])
        if self.runmode in TRADE_MODES:
            return self.ohlcv(pair, timeframe, candle_type=candle_type)
        candles = self.historic_ohlcv(pair, timeframe, candle_type)
        if self._now is None or candles.empty:
            return candles
        border = pd.Timestamp(timeframe_to_prev_date(timeframe, self._now))
        return candles.iloc[: candles["date"].searchsorted(border)]

    def historic_ohlcv(self, pair: str, timeframe: str, candle_type: str = "") -> pd.DataFrame:
        """Return the candles of the whole backtest; not cut at the present candle."""
        kind = CandleType(candle_type) if candle_type else self._default_type
        key = (pair, str(timeframe), kind)
        if key not in self._history:
            self._history[key] = self._trimmed(self._source.candles(pair, str(timeframe), kind), timeframe)
        return self._history[key].copy(deep=False)

    def get_analyzed_dataframe(self, pair: str, timeframe: str) -> tuple[pd.DataFrame, datetime]:
        """Return the pair's analysed frame and when it was analysed.

        A backtest shows its last 1,000 rows up to the present candle; an unknown pair has none.
        """
        key = (pair, timeframe, self._default_type)
        found = self._analyzed.get(key)
        if found is None:
            return pd.DataFrame(), EPOCH
        frame, at = found
        if self.runmode in TRADE_MODES:
            return frame, at
        rows = self._rows.get(pair)
        if rows is None:
            return pd.DataFrame(), EPOCH
        if key not in self._packed:
            # A column that was added by itself is a block by itself, and slicing takes each in turn.
            self._packed.add(key)
            self._analyzed[key] = (frame := frame.copy(), at)
        return frame.iloc[max(0, rows - ANALYZED_ROWS_MAX) : rows], at

    def current_whitelist(self) -> list[str]:
        """Return the pairs that may be traded."""
        return list(self._whitelist)

    @property
    def available_pairs(self) -> list[Key]:
        """The (pair, timeframe, candle type) whose live candles are at hand; none in a backtest."""
        if self.runmode not in TRADE_MODES:
            return []
        timeframe = str(self._config["timeframe"])
        return [(pair, timeframe, self._default_type) for pair in self._whitelist]

    def ohlcv(
        self,
        pair: str,
        timeframe: str | None = None,
        copy: bool = True,  # noqa: FBT001, FBT002  # freqtrade's signature
        candle_type: str = "",
    ) -> pd.DataFrame:
        """Return the live candles of a pair; an empty frame in a backtest."""
        if self.runmode not in TRADE_MODES:
            return pd.DataFrame()
        kind = CandleType(candle_type) if candle_type else self._default_type
        frame = self._source.candles(pair, timeframe or str(self._config["timeframe"]), kind)
        return frame.copy() if copy else frame

    def market(self, pair: str) -> dict[str, Any] | None:
        """Return ccxt's market document of a pair, or nothing where there is no such market."""
        if self._markets is None:
            return market_of_name(pair)
        found = self._markets.get(pair)
        return None if found is None else {**(market_of_name(pair) or {}), **found}

    def ticker(self, pair: str) -> dict[str, Any]:
        """Return the live prices of a pair; empty in a backtest."""
        return self._venue.ticker(pair) if self._venue else {}

    def orderbook(self, pair: str, maximum: int) -> dict[str, Any]:
        """Return the live order book of a pair, `maximum` levels deep; empty in a backtest."""
        return self._venue.orderbook(pair, maximum) if self._venue else {"bids": [], "asks": []}

    def funding_rate(self, pair: str) -> dict[str, Any]:
        """Return the live funding rate of a pair; empty in a backtest."""
        return self._venue.funding_rate(pair) if self._venue else {}

    def trades(self, pair: str, *_: Any, **__: Any) -> pd.DataFrame:
        """Return the last public trades of a pair; an empty frame in a backtest."""
        return self._venue.trades(pair) if self._venue else pd.DataFrame()

    def check_delisting(self, pair: str) -> datetime | None:  # noqa: ARG002
        """Return when the pair is to be delisted, which no venue of ours tells."""
        return None

    def get_funding_rate_timeframe(self) -> str:
        """Return the timeframe of the candles of funding rates."""
        return FUNDING_TIMEFRAME

    def send_msg(self, message: str, *, always_send: bool = False) -> None:
        """Send a message to the operator when trading; the same one again only with `always_send`."""
        if self.runmode in TRADE_MODES and (always_send or message not in self.messages):
            self.messages.append(message)

    def get_producer_pairs(self, producer_name: str = "default") -> list[str]:  # noqa: ARG002
        """Return the pairs of another bot, of which there is none."""
        return []

    def get_producer_df(self, *_: Any, **__: Any) -> tuple[pd.DataFrame, datetime]:
        """Return the frame of another bot, of which there is none."""
        return pd.DataFrame(), EPOCH

    @property
    def _default_type(self) -> CandleType:
        return CandleType(self._config.get("candle_type_def", CandleType.SPOT))

    def _trimmed(self, candles: pd.DataFrame, timeframe: str) -> pd.DataFrame:
        if candles.empty:
            return candles
        dates = candles["date"]
        first, end = 0, len(candles)
        if self._since is not None:
            warmup = timeframe_to_seconds(timeframe) * int(self._config.get("startup_candle_count", 0))
            first = int(dates.searchsorted(pd.Timestamp(self._since - timedelta(seconds=warmup))))
        if self._until is not None:
            end = int(dates.searchsorted(pd.Timestamp(self._until), side="right"))
        return candles.iloc[first:end].reset_index(drop=True)
