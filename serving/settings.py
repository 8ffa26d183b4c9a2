"""Settings of the forecast service, read from `TIDEGATE_FORECASTS_…`."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from runtime.settings import ServiceSettings


class ForecastsSettings(ServiceSettings):
    """What only the forecast service knows."""

    model_config = SettingsConfigDict(env_prefix="TIDEGATE_FORECASTS_")

    stale_after_s: int = Field(300, ge=60, description="no forecast when the newest bar closed longer ago")
    store_poll_s: float = Field(
        2.0, gt=0, description="how often the model store is asked for a new champion"
    )
