"""Settings of the collectors (`TIDEGATE_COLLECTOR_*`) and of the flows (`TIDEGATE_FLOWS_*`)."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from runtime.settings import ServiceSettings


class CollectorSettings(ServiceSettings):
    """How a collector batches, buffers and repairs."""

    model_config = SettingsConfigDict(env_prefix="TIDEGATE_COLLECTOR_")

    flush_ms: float = Field(10.0, ge=1, le=1000, description="how long events wait for company in a batch")
    buffer_bytes_max: int = Field(
        64 * 1024 * 1024, ge=1024 * 1024, description="what is kept in memory while the log is away"
    )
    backfill_bars: int = Field(1000, ge=0, le=1000, description="1m bars fetched at the start, per symbol")
    snapshot_interval_s: float = Field(30.0, ge=1, description="how often whole books enter the log")
    snapshot_depth: int = Field(500, ge=10, le=5000, description="levels a side of those snapshots")
    watermark_interval_s: float = Field(
        0.5, gt=0, le=10, description="how often a quiet partition hears that nothing happened"
    )
    reconnect_s_max: float = Field(30.0, ge=0.1, description="the longest pause between two connections")


class FlowsSettings(ServiceSettings):
    """How the flows pace their outputs and judge the feeds."""

    model_config = SettingsConfigDict(env_prefix="TIDEGATE_FLOWS_")

    commit_interval_ms: float = Field(200.0, ge=1, description="how often rows are committed")
    pending_rows_max: int = Field(200_000, ge=1000, description="rows that may wait for the database")
    live_interval_ms: float = Field(
        10.0, ge=1, description="the least time between two messages of live frames"
    )
    lateness_ms: float = Field(2000.0, ge=0, description="how long a bar waits for late trades")
    stale_s: float = Field(5.0, gt=0, description="silence after which a market counts as stale")
    clean_s: float = Field(60.0, ge=0, description="calm that a degraded market needs to count as sound")
    jump_ratio_max: float = Field(0.20, gt=0, lt=10, description="a lone print further away is suspect")
    quarantine_burst: int = Field(5, ge=1, description="refusals within a minute that degrade a market")
