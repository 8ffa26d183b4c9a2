"""`tidegate migrate` and `topics`: the database and the event log."""

import typer
from rich.console import Console
from rich.table import Table

from market.topics import TOPICS
from runtime.errors import UnknownTopic
from runtime.event_log import open_event_log
from runtime.postgres import migrate as run_migrations
from runtime.settings import CoreSettings, load


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(migrate)
    app.command()(topics)


def migrate() -> None:
    """Bring the database's schema up to date.

    `tidegate up` does this by itself. Set TIDEGATE_DATABASE_URL for a database of your own.
    """
    applied = run_migrations(load(CoreSettings))
    typer.echo(f"applied {', '.join(applied)}" if applied else "the schema is up to date")


def topics() -> None:
    """List the event log's topics: partitions, retention and the offsets that are kept."""
    log = open_event_log(load(CoreSettings))
    lines = Table(box=None, pad_edge=False)
    for title in ("topic", "partition", "first", "next", "records", "kept for"):
        lines.add_column(title, justify="left" if title == "topic" else "right")
    try:
        for topic in TOPICS:
            try:
                bounds = log.bounds(topic)
            except UnknownTopic:
                lines.add_row(topic.name, "not created yet")
                continue
            for partition, (first, following) in sorted(bounds.items()):
                offsets = (str(first), str(following), str(following - first))
                lines.add_row(topic.name, str(partition), *offsets, f"{topic.retention_s} s")
    finally:
        log.close()
    Console().print(lines)
