"""The thin edges that every process needs: settings, logs, health, the event log, the supervisor.

Imports `market` and nothing else of ours; every other room may import this one.
"""

VERSION = "0.1.0"
"""The version of Tidegate; a test holds it equal to the one of `pyproject.toml`."""
