"""What the engine is allowed to do, as one immutable value."""

from decimal import Decimal

import msgspec

from market.instruments import split_symbol
from trading.errors import BadConfig


class EngineConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Limits and time constants; ratios are fractions of equity.

    `symbols` are the markets that may be traded, `venues` where, in order of preference: the first
    with good data gives the marks. A feed counts as good when its quality is OK, was heard of in the
    last `data_age_max_s`, and has not been bad for `gate_clean_s`.
    """

    symbols: tuple[str, ...]
    venues: tuple[str, ...]
    capital: Decimal = Decimal(100_000)
    currency: str = "USDT"
    mode: str = "paper"
    stake_ratio: Decimal = Decimal("0.10")
    exposure_limit: Decimal = Decimal("0.80")
    drawdown_limit: Decimal = Decimal("0.10")
    market_order_ttl_s: int = 60
    limit_order_ttl_s: int = 600
    data_age_max_s: int = 5
    gate_clean_s: int = 10
    equity_mark_interval_s: int = 60

    def __post_init__(self) -> None:
        for symbol in self.symbols:
            quote = split_symbol(symbol)[1]
            if quote != self.currency:
                raise BadConfig(
                    f"{symbol} is quoted in {quote}, but the account is kept in {self.currency}: "
                    f"trade symbols that end in /{self.currency}"
                )
        if self.capital <= 0:
            raise BadConfig(f"the starting capital must be above 0, not {self.capital}")
