"""Settings of the trading service: `TIDEGATE_TRADING_…`."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from runtime.settings import CoreSettings, ServiceSettings
from trading.core.config import EngineConfig
from trading.core.instruments import InstrumentTable, VenueFees
from trading.errors import LiveTradingRefused

LIVE_CONFIRMATION = "real money"
CAPITAL_MAX = 10**11
"""Up to here sums of money with sixteen decimals are exact."""


class FeeSettings(BaseModel):
    """One venue's fees as fractions of the notional."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    maker: Decimal = Field(ge=-1, lt=1)
    taker: Decimal = Field(ge=0, lt=1)


class TradingSettings(ServiceSettings):
    """What the trading service may be told; ratios are fractions of equity."""

    model_config = SettingsConfigDict(env_prefix="TIDEGATE_TRADING_")

    mode: Literal["paper", "live"] = Field("paper", description="live orders are not built yet")
    live_confirm: str = Field("", description=f"must be {LIVE_CONFIRMATION!r} for live orders")
    paper_capital: Decimal = Field(
        Decimal(100_000),
        gt=0,
        le=CAPITAL_MAX,
        description="starting capital of a new paper account; a kept one keeps its own",
    )
    currency: str = Field("USDT", description="the quote currency that the account is kept in")
    stake_ratio: Decimal = Field(Decimal("0.10"), gt=0, le=1, description="default size of an entry")
    exposure_limit: Decimal = Field(Decimal("0.80"), gt=0, le=1, description="most that may be invested")
    drawdown_limit: Decimal = Field(
        Decimal("0.10"), gt=0, le=1, description="loss from the peak from which on positions only shrink"
    )
    market_order_ttl_s: int = Field(60, gt=0, description="when a market order's rest is given up")
    limit_order_ttl_s: int = Field(600, gt=0, description="when a limit order is given up")
    data_age_max_s: int = Field(5, gt=0, description="silence after which a feed counts as stale")
    gate_clean_s: int = Field(10, ge=0, description="good seconds before a feed that was bad is used again")
    fees: dict[str, FeeSettings] = Field(
        default_factory=dict, description='as {"kraken": {"maker": "0.0025", "taker": "0.0040"}}'
    )
    strategies: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="names of ours or of imported ones, or paths of .py files; empty: all of ours"
    )
    strategy_capital: dict[str, Decimal] = Field(
        default_factory=dict,
        description='capital by strategy, as {"grid": "5000"}; the others share what may be exposed',
    )
    forecasts_url: str | None = Field(None, description="the forecast service; empty: the one beside us")
    forecast_timeout_s: float = Field(2.0, gt=0, description="how long to wait for a forecast")

    @field_validator("strategy_capital")
    @classmethod
    def _positive(cls, value: dict[str, Decimal]) -> dict[str, Decimal]:
        for name, capital in value.items():
            if not (capital.is_finite() and capital > 0):
                raise ValueError(f"the capital of {name} must be above 0, not {capital}")
        return value

    @field_validator("strategies", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        parts = value.split(",") if isinstance(value, str) else list(value)
        return tuple(part.strip() for part in parts if part.strip())

    def engine_config(self, core: CoreSettings) -> EngineConfig:
        """Return the engine's limits.

        Raises:
            LiveTradingRefused: live orders are asked for.
            BadConfig: a symbol is not quoted in the account's currency.
        """
        self._refuse_live()
        return EngineConfig(
            symbols=core.symbols,
            venues=core.venues,
            capital=self.paper_capital,
            currency=self.currency,
            mode=self.mode,
            stake_ratio=self.stake_ratio,
            exposure_limit=self.exposure_limit,
            drawdown_limit=self.drawdown_limit,
            market_order_ttl_s=self.market_order_ttl_s,
            limit_order_ttl_s=self.limit_order_ttl_s,
            data_age_max_s=self.data_age_max_s,
            gate_clean_s=self.gate_clean_s,
        )

    def instruments(self) -> InstrumentTable:
        """Return the instruments with the fees of these settings."""
        return InstrumentTable(
            {venue: VenueFees(maker=fee.maker, taker=fee.taker) for venue, fee in self.fees.items()}
        )

    def _refuse_live(self) -> None:
        if self.mode == "paper":
            return
        if self.live_confirm != LIVE_CONFIRMATION:
            raise LiveTradingRefused(
                "TIDEGATE_TRADING_MODE=live alone trades nothing: it needs "
                f"TIDEGATE_TRADING_LIVE_CONFIRM={LIVE_CONFIRMATION!r} to agree"
            )
        raise LiveTradingRefused(
            "live orders are not built yet: set TIDEGATE_TRADING_MODE=paper to trade on paper"
        )
