"""Settings: misspelt names and bad values refuse to start with one clear line."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from runtime import VERSION
from runtime.errors import SettingsError, Unavailable
from runtime.settings import CoreSettings, ServiceSettings, load
from runtime.supervisor.probes import Http
from runtime.supervisor.processes import processes


class FlowsSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="TIDEGATE_FLOWS_")

    batch_size: int = 100


def test_the_defaults_need_no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load(CoreSettings)
    assert settings.data_dir == tmp_path / ".tidegate"
    assert settings.venues == ("binance", "coinbase", "kraken")
    assert settings.api_port == 8000


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_VENUES", "kraken, binance")
    assert load(CoreSettings).venues == ("kraken", "binance")


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_DATABASE_URL", "")
    monkeypatch.setenv("TIDEGATE_RECORDING", "")
    assert load(CoreSettings).uses_embedded_database
    assert load(CoreSettings).recording is None


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("TIDEGATE_VENEUS", "did you mean TIDEGATE_VENUES?"),
        ("TIDEGATE_PORTBASE", "did you mean TIDEGATE_PORT_BASE?"),
        ("TIDEGATE_XYZZY_QUUX", "`tidegate settings` lists the known ones"),
    ],
)
def test_a_misspelt_name_is_refused_with_the_nearest_one(
    monkeypatch: pytest.MonkeyPatch, name: str, hint: str
) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError) as refusal:
        load(CoreSettings)
    assert str(refusal.value).startswith(f"{name} is no setting of Tidegate; ")
    assert hint in str(refusal.value)


def test_a_service_knows_its_own_names_and_the_core_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_FLOWS_BATCH_SIZE", "7")
    monkeypatch.setenv("TIDEGATE_VENUES", "kraken")
    monkeypatch.setenv("TIDEGATE_TRADING_ANYTHING", "belongs to trading")
    assert load(FlowsSettings).batch_size == 7
    assert load(CoreSettings).venues == ("kraken",)


def test_a_service_refuses_a_misspelt_name_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_FLOWS_BACTH_SIZE", "7")
    with pytest.raises(SettingsError, match="did you mean TIDEGATE_FLOWS_BATCH_SIZE"):
        load(FlowsSettings)


def test_the_simulator_url_is_no_setting_of_the_simulator(monkeypatch: pytest.MonkeyPatch) -> None:
    class SimulatorSettings(ServiceSettings):
        model_config = SettingsConfigDict(env_prefix="TIDEGATE_SIMULATOR_")

    monkeypatch.setenv("TIDEGATE_SIMULATOR_URL", "http://127.0.0.1:8100/")
    load(SimulatorSettings)
    assert load(CoreSettings).simulator_url == "http://127.0.0.1:8100"


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("PORT_BASE", "http", "TIDEGATE_PORT_BASE: .*integer"),
        ("PORT_BASE", "80", "TIDEGATE_PORT_BASE: .*greater than or equal to 1024"),
        ("VENUES", " , ", "TIDEGATE_VENUES: write at least one name"),
        ("VENUES", "kraken,kraken", "TIDEGATE_VENUES: a name stands there twice"),
        ("EVENT_LOG", "redis", "TIDEGATE_EVENT_LOG: .*'postgres' or 'kafka'"),
        ("KAFKA_BOOTSTRAP", "localhost", "TIDEGATE_KAFKA_BOOTSTRAP: write it as host:port"),
        ("DATABASE_URL", "mysql://x", "TIDEGATE_DATABASE_URL: write it as postgresql://"),
        ("DATABASE_URL", "postgresql://me:hunt%er@db/x", "TIDEGATE_DATABASE_URL: .*% as %25"),
        ("DATABASE_URL", "postgresql://me:hunt/er@db/x", "TIDEGATE_DATABASE_URL: .*/ as %2F"),
        ("DATABASE_URL", "postgresql://me:hunt@er@db/x", "TIDEGATE_DATABASE_URL: .*@ as %40"),
        ("DATABASE_URL", "postgresql://me:hunter@[::1/x", "TIDEGATE_DATABASE_URL: write it as"),
        ("SIMULATOR_URL", "localhost:1", "TIDEGATE_SIMULATOR_URL: write it as http://"),
        (
            "RECORDING",
            "/no/such/recording",
            "TIDEGATE_RECORDING: there is no recording at /no/such/recording",
        ),
    ],
)
def test_a_bad_value_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str
) -> None:
    monkeypatch.setenv(f"TIDEGATE_{name}", value)
    with pytest.raises(SettingsError, match=complaint) as refusal:
        load(CoreSettings)
    assert "\n" not in str(refusal.value)
    assert "hunt" not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:a%40b@db:5432/x?sslmode=require",
        "postgres://db/x",
        "postgresql://me@[::1]:5432/x",
        "postgresql://me:p@one:5432,two/x",
        "postgresql:///x?host=/run/postgresql",
    ],
)
def test_every_form_of_a_database_address_is_taken(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("TIDEGATE_DATABASE_URL", url)
    assert load(CoreSettings).database_dsn == url


@pytest.mark.parametrize(
    ("bind_host", "found_at"),
    [("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "127.0.0.1"), ("10.1.2.3", "10.1.2.3")],
)
def test_processes_find_each_other_whatever_address_they_listen_on(bind_host: str, found_at: str) -> None:
    settings = CoreSettings(bind_host=bind_host)
    probes = [spec.ready for spec in processes(settings) if spec.name in {"flows", "trading", "forecasts"}]
    assert {settings.reachable_host, *(probe.host for probe in probes if isinstance(probe, Http))} == {
        found_at
    }


def test_secrets_show_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_DATABASE_URL", "postgresql://me:hunter2@db/x")
    monkeypatch.setenv("TIDEGATE_ACCESS_TOKEN", "hunter3")
    settings = load(CoreSettings)
    assert "hunter" not in f"{settings!r} {settings} {settings.model_dump_json()}"
    monkeypatch.setenv("TIDEGATE_DATABASE_URL", "oracle://me:hunter2@db/x")
    with pytest.raises(SettingsError) as refusal:
        load(CoreSettings)
    assert "hunter" not in str(refusal.value)


def test_one_address_serves_both_libraries() -> None:
    settings = CoreSettings(database_url=SecretStr("postgresql://me:pw@db:5/x"))
    assert settings.database_dsn == "postgresql://me:pw@db:5/x"
    assert settings.sqlalchemy_url == "postgresql+psycopg2://me:pw@db:5/x"


def test_the_embedded_address_holds_the_generated_password(tmp_path: Path) -> None:
    settings = CoreSettings(data_dir=tmp_path, port_base=9000)
    with pytest.raises(Unavailable, match=r"no database in .*start Tidegate with `tidegate up`"):
        _ = settings.database_dsn
    settings.password_file.write_text("pw\n")
    assert settings.database_dsn == "postgresql://tidegate:pw@127.0.0.1:9500/tidegate"


def test_ports_follow_the_base() -> None:
    settings = CoreSettings(port_base=9000, venues=("kraken", "binance"))
    assert settings.collector_port("binance") == 9112
    assert settings.database_health_port == 9501
    with pytest.raises(SettingsError, match="'okx' is not in TIDEGATE_VENUES"):
        settings.collector_port("okx")


def test_the_version_is_the_projects() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert f'version = "{VERSION}"' in text
