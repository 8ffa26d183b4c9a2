"""Settings: read from the environment once, at the entry point, and passed down frozen.

Every name starts with `TIDEGATE_`. A name that nobody knows refuses to start with the nearest known
one, because pydantic-settings alone would ignore a misspelt variable and run with the default.
"""

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableSetting

from runtime.errors import SettingsError, Unavailable

PREFIX = "TIDEGATE_"
SERVICES = ("SIMULATOR", "COLLECTOR", "FLOWS", "FORECASTS", "TRADING", "DAGSTER")
"""Services with settings of their own, as `TIDEGATE_<SERVICE>_…`; each checks its own names."""

DATABASE_NAME = "tidegate"
PASSWORD_FILE = "postgres-password"  # noqa: S105  (a file's name, not a password)

S = TypeVar("S", bound=BaseSettings)


class CoreSettings(BaseSettings):
    """What every process knows."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True, env_ignore_empty=True
    )

    data_dir: Path = Field(Path(".tidegate"), description="the folder that holds all state")
    port_base: int = Field(8000, ge=1024, le=64_500, description="the dashboard's port; others follow it")
    bind_host: str = Field("127.0.0.1", description="the address that the dashboard listens on")
    access_token: SecretStr | None = Field(None, description="needed when the dashboard is not on loopback")
    database_url: SecretStr | None = Field(
        None, description="an own PostgreSQL, as postgresql://…; empty: the embedded one"
    )
    event_log: Literal["postgres", "kafka"] = "postgres"
    kafka_bootstrap: str = Field("127.0.0.1:9092", description="host:port[,host:port…] of the Kafka brokers")
    kafka_fetch_wait_ms: int = Field(10, ge=1, description="how long a broker holds an empty fetch open")
    venues: Annotated[tuple[str, ...], NoDecode] = ("binance", "coinbase", "kraken")
    symbols: Annotated[tuple[str, ...], NoDecode] = (
        "BTC/USDT",
        "ETH/USDT",
        "SOL/USDT",
        "XRP/USDT",
        "DOGE/USDT",
    )
    simulator_url: str | None = Field(None, description="when set, every venue is reached at <url>/<venue>")
    recording: Path | None = Field(None, description="a recorded file or folder that the simulator serves")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    tick_retention_s: int = Field(1800, ge=60, description="how long single trades and quotes are kept")

    @field_validator("venues", "symbols", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        parts = value.split(",") if isinstance(value, str) else list(value)
        names = tuple(part.strip() for part in parts if part.strip())
        if not names:
            raise ValueError("write at least one name, separated by commas")
        if len(set(names)) != len(names):
            raise ValueError("a name stands there twice")
        return names

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("data_dir", "recording")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return None if value is None else value.expanduser().resolve()

    @field_validator("recording")
    @classmethod
    def _exists(cls, value: Path | None) -> Path | None:
        if value is not None and not value.exists():
            raise ValueError(f"there is no recording at {value}")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _is_postgres_url(value.get_secret_value()):
            raise ValueError(
                "write it as postgresql://user:password@host:port/database, and in the password "
                "% as %25, @ as %40, / as %2F, : as %3A"
            )
        return value

    @field_validator("kafka_bootstrap")
    @classmethod
    def _is_address_list(cls, value: str) -> str:
        addresses = [address.strip().rpartition(":") for address in value.split(",")]
        if not all(host and port.isdecimal() for host, _, port in addresses):
            raise ValueError("write it as host:port, several separated by commas")
        return value

    @field_validator("simulator_url")
    @classmethod
    def _without_slash(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("write it as http://127.0.0.1:8100")
        return None if value is None else value.rstrip("/")

    @property
    def reachable_host(self) -> str:
        """Where this machine's own processes find what listens on `bind_host`."""
        return "127.0.0.1" if self.bind_host in {"0.0.0.0", "::", "localhost"} else self.bind_host  # noqa: S104

    @property
    def api_port(self) -> int:
        """The dashboard and the trading API."""
        return self.port_base

    @property
    def simulator_port(self) -> int:
        """The local exchange, websocket and REST of all venues."""
        return self.port_base + 100

    @property
    def flows_port(self) -> int:
        """Health of the streaming flows."""
        return self.port_base + 120

    @property
    def forecasts_port(self) -> int:
        """The model server."""
        return self.port_base + 300

    @property
    def dagster_web_port(self) -> int:
        """Dagster's web pages."""
        return self.port_base + 400

    @property
    def dagster_code_port(self) -> int:
        """Dagster's code server, gRPC."""
        return self.port_base + 401

    @property
    def database_port(self) -> int:
        """The embedded PostgreSQL."""
        return self.port_base + 500

    @property
    def database_health_port(self) -> int:
        """Health of the process that runs the embedded PostgreSQL."""
        return self.port_base + 501

    def collector_port(self, venue: str) -> int:
        """Health of one venue's collector.

        Raises:
            SettingsError: the venue is not among `venues`.
        """
        if venue not in self.venues:
            raise SettingsError(f"{venue!r} is not in TIDEGATE_VENUES={','.join(self.venues)}")
        return self.port_base + 111 + self.venues.index(venue)

    @property
    def uses_embedded_database(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url is None

    @property
    def password_file(self) -> Path:
        """Where the embedded database's generated password is kept, readable by its owner only."""
        return self.data_dir / PASSWORD_FILE

    @property
    def database_dsn(self) -> str:
        """The database's address for libpq and psycopg. It holds a password: never log it.

        Raises:
            Unavailable: the embedded database was never started with this data folder.
        """
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        try:
            password = self.password_file.read_text().strip()
        except FileNotFoundError:
            raise Unavailable(
                f"no database in {self.data_dir} yet; start Tidegate with `tidegate up` (or `make run`) first"
            ) from None
        return f"postgresql://{DATABASE_NAME}:{password}@127.0.0.1:{self.database_port}/{DATABASE_NAME}"

    @property
    def sqlalchemy_url(self) -> str:
        """The same address for SQLAlchemy, with its driver named."""
        return "postgresql+psycopg2://" + self.database_dsn.partition("://")[2]


class ServiceSettings(BaseSettings):
    """Base of a service's own settings; a subclass adds `env_prefix` with `SettingsConfigDict`."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, env_ignore_empty=True
    )


def load(settings_class: type[S]) -> S:
    """Read a settings class from the environment.

    Raises:
        SettingsError: one clear line: a name that nobody knows, or a value that does not fit.
    """
    refuse_unknown_names(os.environ, settings_class)
    try:
        return settings_class()
    except ValidationError as error:
        raise SettingsError(_in_words(error, settings_class)) from None
    except UnreadableSetting as error:  # a value that should be JSON
        raise SettingsError(_unreadable(error, settings_class)) from None


def refuse_unknown_names(environment: Mapping[str, str], settings_class: type[BaseSettings]) -> None:
    """Check the names of all our variables.

    Names of another service are that service's own business.

    Raises:
        SettingsError: names the variable and the nearest known one.
    """
    known = _names(CoreSettings) | _names(settings_class)
    own_prefix = settings_class.model_config.get("env_prefix", PREFIX)
    foreign = tuple(prefix for name in SERVICES if (prefix := f"{PREFIX}{name}_") != own_prefix)
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name in known or name.startswith(foreign):
            continue
        raise SettingsError(f"{name} is no setting of Tidegate; {_nearest(name, known)}")


def _is_postgres_url(url: str) -> bool:
    """Whether a database's address is whole: libpq would quote a broken one, with its password."""
    match = re.fullmatch(r"postgres(?:ql)?://(?:[^@/]*@)?(?P<hosts>[^@/?]*)(?:[/?].*)?", url)
    if match is None or re.search("%(?![0-9A-Fa-f]{2})", url):
        return False
    hosts = match["hosts"].split(",")
    return all(re.fullmatch(r"(?:\[[0-9A-Fa-f:.%]+\]|[^:\[\]]*)(?::\d*)?", host) for host in hosts)


def _names(settings_class: type[BaseSettings]) -> set[str]:
    prefix = settings_class.model_config.get("env_prefix", "")
    return {f"{prefix}{field}".upper() for field in settings_class.model_fields}


def _nearest(name: str, known: Iterable[str]) -> str:
    candidates = sorted(known)
    if matches := difflib.get_close_matches(name, candidates, n=1, cutoff=0.6):
        return f"did you mean {matches[0]}?"
    return "unset it; `tidegate settings` lists the known ones"


def _in_words(error: ValidationError, settings_class: type[BaseSettings]) -> str:
    prefix = settings_class.model_config.get("env_prefix", "")
    problem = error.errors(include_url=False, include_context=False)[0]
    name = f"{prefix}{problem['loc'][0]}".upper() if problem["loc"] else "settings"
    return f"{name}: {problem['msg'].removeprefix('Value error, ')}"


def _unreadable(error: UnreadableSetting, settings_class: type[BaseSettings]) -> str:
    named = re.search(r'field "(\w+)"', str(error))
    if named is None:
        return str(error)
    field = named[1]
    prefix = settings_class.model_config.get("env_prefix", "")
    wanted = settings_class.model_fields[field].description
    return f"{prefix}{field}".upper() + f" is not JSON ({error.__cause__}); it is {wanted}"
