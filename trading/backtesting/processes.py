"""Processes that work for this one: how they are started and ended, whatever stops the work."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

STOP_WITHIN_S = 5.0


@contextmanager
def without_signals(*held: signal.Signals) -> Iterator[None]:
    """Hold signals back: processes started meanwhile never see them, this one sees them afterwards.

    Ctrl-C reaches every process of a terminal; only the one that asked for the work decides.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end(processes: Sequence[BaseProcess]) -> None:
    """End those that still work; those that don't listen are killed."""
    started = [process for process in processes if process.pid is not None]
    for process in started:
        process.terminate()
    for process in started:
        process.join(STOP_WITHIN_S)
        if process.is_alive():
            process.kill()
            process.join()
