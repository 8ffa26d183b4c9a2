"""Settings of the simulator: `TIDEGATE_SIMULATOR_…`."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from runtime.settings import ServiceSettings


class SimulatorSettings(ServiceSettings):
    """How the local exchange runs; where it listens is `TIDEGATE_PORT_BASE` + 100."""

    model_config = SettingsConfigDict(env_prefix="TIDEGATE_SIMULATOR_")

    seed: int = Field(2026, description="the same seed gives the same prices, trades and bars")
    updates_per_s: float = Field(
        36.0, gt=0, le=2000, description="mean trades, quotes and book changes a second of each venue"
    )
    speed: float = Field(1.0, gt=0, le=1000, description="how fast a recording is replayed")
