"""Ports of 127.0.0.1 for servers of tests: below those of outgoing connections, each lent to one borrower."""

import fcntl
import itertools
import os
import random
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from runtime.ports import is_port_free

SYSTEM = (*range(2), 100, *range(111, 121), 300, 400, 401, 500, 501, 590)
"""Every port of a whole system, above its base; its broker has the last."""
LOWEST, HIGHEST = 10_240, 32_000
"""A port that outgoing connections draw from, as from 32,768 on, may be taken before its server starts."""

_lent: set[int] = set()  # a process doesn't lock itself out


@contextmanager
def lend_ports(offsets: Iterable[int] = SYSTEM) -> Iterator[int]:
    """Lend a port base: no other process of these tests has its ports until the block ends."""
    steps = sorted(offsets)
    candidates = range(LOWEST, HIGHEST - steps[-1])
    start = random.randrange(len(candidates))
    for base in itertools.chain(candidates[start:], candidates[:start]):
        ports = [base + step for step in steps]
        if _borrow(ports):
            break
    else:
        raise AssertionError(f"no free ports for a base with {steps} between {LOWEST} and {HIGHEST}")
    try:
        yield base
    finally:
        _give_back(ports)


def _borrow(ports: list[int]) -> bool:
    taken = []
    for port in ports:
        if port in _lent or not _lock(port):
            break
        taken.append(port)
        if not is_port_free(port):
            break
    else:
        _lent.update(ports)
        return True
    _unlock(taken)
    return False


def _give_back(ports: list[int]) -> None:
    _lent.difference_update(ports)
    _unlock(ports)


def _lock(port: int) -> bool:
    try:
        fcntl.lockf(_ledger(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


def _unlock(ports: Iterable[int]) -> None:
    for port in ports:
        fcntl.lockf(_ledger(), fcntl.LOCK_UN, 1, port)


@cache
def _ledger() -> int:
    """Open the file whose byte N stands for port N; the system frees the locks of a process that ends."""
    path = Path(tempfile.gettempdir()) / f"tidegate-test-ports-{os.getuid()}"
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
