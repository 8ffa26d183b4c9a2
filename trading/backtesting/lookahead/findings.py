"""What an examination found, for people and as JSON."""

from typing import Any, Literal

import msgspec

Kind = Literal["indicator", "signal", "tag"]


class ColumnFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A column whose value at a candle changed when later candles were added.

    `date` is the first such candle, `known` its value when it was among the newest, `later` its value
    in the whole run. `candles` of the `checked` ones differ. `reach` is how many later candles it takes
    until the value stands; None if it still changed at the last row that was compared.
    """

    column: str
    kind: Kind
    date: str
    known: Any
    later: Any
    candles: int
    checked: int
    reach: int | None


class StartFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A column that depends on how many candles came before.

    At `date`, `short` is its value with `settled_candles` candles before it, `long` with more;
    `deviation` is their difference as a fraction of the column's usual size, None where it isn't a number.
    """

    column: str
    date: str
    short: Any
    long: Any
    deviation: float | None


class RunFailure(msgspec.Struct, frozen=True, kw_only=True):
    """The strategy raised on prefixes of these lengths, though not on all candles.

    Where they are `is_too_short`, every longer one went well.
    """

    prefixes: list[int]
    message: str
    is_too_short: bool


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """The findings of one strategy on one pair.

    The first `settled_candles` are not judged: the start-up, or one candle of the longest other timeframe
    where that is longer. `reads_future` is the verdict; `reads_future_in_warm_up` concerns only candles
    that are not judged. `start_dependent`, `undefined` (columns without a value after the start-up, with
    the number of candles that they need; None: never) and `not_deterministic` are remarks.
    """

    strategy: str
    pair: str
    timeframe: str
    startup_candles: int
    settled_candles: int
    first_candle: str
    last_candle: str
    candles_whole_run: int
    prefixes: int
    columns: int
    reads_future: list[ColumnFinding]
    reads_future_in_warm_up: list[ColumnFinding]
    start_dependent: list[StartFinding]
    undefined: dict[str, int | None]
    not_deterministic: list[str]
    failures: list[RunFailure]

    @property
    def is_clean(self) -> bool:
        """Whether nothing that is traded reads the future, and every prefix that is long enough ran."""
        return not self.reads_future and all(failure.is_too_short for failure in self.failures)
