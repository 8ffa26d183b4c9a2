"""Settings of the orchestration, read from `TIDEGATE_DAGSTER_…`."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from runtime.settings import ServiceSettings


class DagsterSettings(ServiceSettings):
    """What only the orchestration knows."""

    model_config = SettingsConfigDict(env_prefix="TIDEGATE_DAGSTER_")

    history_days: int = Field(
        7, ge=1, le=365, description="how many days of one-minute bars are kept complete"
    )
    training_epochs: int = Field(20, ge=1, description="most passes over the training data")
    training_seconds: float = Field(25.0, gt=0, description="longest training of one model for one symbol")
    seed: int = Field(7, description="decides all randomness of training and evaluation")
