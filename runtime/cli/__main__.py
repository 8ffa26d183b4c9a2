"""`python -m runtime.cli`: the `tidegate` command line."""

from runtime.cli import app

app()
