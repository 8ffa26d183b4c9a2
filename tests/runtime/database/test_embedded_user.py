"""As root the embedded server runs as a user of its own, which several processes may want to make at once."""

import pwd
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runtime.database import embedded
from runtime.errors import EmbeddedServerFailed

NAME = "tidegate-of-a-test"


@pytest.fixture
def user_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Users in a file; `useradd` fails as the real one does: code 1 when locked, code 9 when it is there."""
    users = tmp_path / "users"
    users.touch()
    program = tmp_path / "bin" / "useradd"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable} -S\n"
        "import fcntl, sys, time\n"
        f"with open({str(users)!r}, 'a+') as users:\n"
        "    try:\n"
        "        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
        "    except OSError:\n"
        "        sys.exit(1)\n"
        "    users.seek(0)\n"
        "    if sys.argv[-1] in users.read().split():\n"
        "        sys.exit(9)\n"
        "    time.sleep(0.3)\n"
        "    print(sys.argv[-1], file=users)\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))

    def look(name: str) -> object:
        if name in users.read_text().split():
            return name
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", look)
    return users


def test_starts_at_the_same_time_make_the_user_once_and_all_go_on(user_list: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        for made in [pool.submit(embedded._ensure_user, NAME) for _ in range(3)]:
            made.result()
    assert user_list.read_text() == f"{NAME}\n"


def test_a_user_that_cant_be_made_is_said_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, user_list: Path
) -> None:
    monkeypatch.setattr(embedded, "USER_PATIENCE_S", 0.2)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedServerFailed, match=f"the user {NAME} can't be made .*as a normal user"):
        embedded._ensure_user(NAME)
