"""Names of those who write batches, so that readers can tell venues, processes and themselves apart.

A sender is `<role>/<start in hex>`: a restarted process is another sender, whose batches count from 1.
"""

FLOWS = "flows"
"""The role of the flows; a collector's role is the name of its venue."""


def sender_name(role: str, started_ns: int) -> str:
    """Return the name under which a process that started at `started_ns` writes."""
    return f"{role}/{started_ns:x}"


def role_of(sender: str) -> str:
    """Return the role: a venue, or `flows`."""
    return sender.partition("/")[0]
