"""Prometheus metrics: one registry per process, in the text that Prometheus scrapes.

Processes declare theirs with `prometheus_client` at module level, named
`<service>_<thing>_<unit>`, with labels from bounded sets only.
"""

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Info, generate_latest

from runtime import VERSION

CONTENT_TYPE = CONTENT_TYPE_LATEST

BUILD = Info("tidegate_build", "The version that this process runs.")
BUILD.info({"version": VERSION})


def exposition() -> bytes:
    """Return every metric of this process as Prometheus text."""
    return generate_latest(REGISTRY)
