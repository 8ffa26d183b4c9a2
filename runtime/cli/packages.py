"""The Python packages of each room: module to import → name to install. Checked against pyproject.toml."""

from collections.abc import Mapping

PACKAGES: Mapping[str, Mapping[str, str]] = {
    "streaming": {
        "bytewax": "bytewax",
        "picows": "picows",
        "uvloop": "uvloop",
        "zstandard": "zstandard",
    },
    "simulator": {"fastapi": "fastapi", "numpy": "numpy", "uvicorn": "uvicorn", "websockets": "websockets"},
    "trading": {"ccxt": "ccxt", "pandas": "pandas", "talib": "ta-lib"},
    "serving": {"bentoml": "bentoml", "torch": "torch"},
    "orchestration": {
        "dagster": "dagster",
        "dagster_postgres": "dagster-postgres",
        "dagster_webserver": "dagster-webserver",
        "great_expectations": "great-expectations",
        "psycopg2": "psycopg2-binary",
    },
}
"""Those that `runtime` itself needs are not here: without them this command does not start."""
