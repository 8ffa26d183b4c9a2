"""The how-to pages are true: their files are written and their commands run, in a copy of the project.

In a page, a block fenced with ```python file=PATH is a file to write, and one fenced with ```console
holds commands (lines that begin with `$ `), each followed by lines that its output must contain.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs/how-to").glob("*.md"))
ROOMS = ("market", "runtime", "simulator", "streaming", "trading", "serving", "orchestration")
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the sources that a page may add files to."""
    for folder in (*ROOMS, "tests", "deploy", "great_expectations"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_how_to_page_does_what_it_says(page: Path, project: Path) -> None:
    blocks = BLOCK.findall(page.read_text())
    assert any(path for _, path, _ in blocks), "the page adds no file"
    assert any(language == "console" for language, _, _ in blocks), "the page runs nothing"
    for language, path, body in blocks:
        if path:
            assert not (project / path).exists(), f"{path} exists: a page adds a new file"
            (project / path).write_text(body)
        elif language == "console":
            _run(body, project)


def _run(session: str, project: Path) -> None:
    output = ""
    for line in session.splitlines():
        if line.startswith("$ "):
            output = _shell(line[2:], project)
        elif line.strip():
            assert line.strip() in output, f"{line!r} is not in\n{output}"


def _shell(command: str, project: Path) -> str:
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(project),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    result = subprocess.run(
        command,
        shell=True,
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, f"$ {command}\n{result.stdout}{result.stderr}"
    return result.stdout + result.stderr
