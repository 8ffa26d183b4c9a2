"""Runs live and die with the code server.

Dagster's server starts each run as a child process and, when stopped, waits for it: a training
would hold up Ctrl-C. And a killed server would leave it running, unseen. So the server ends at once
with its runs; what they leave behind is marked as failed at its next start.
"""

import multiprocessing
import os
import signal
import threading

from serving.orphans import exit_with_parent

SERVER_VARIABLE = "ORCHESTRATION_CODE_SERVER"
"""Holds the process id of the code server that `python -m orchestration code` becomes."""
STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})


def mark_code_server() -> None:
    """Say that this process is about to become the code server."""
    os.environ[SERVER_VARIABLE] = str(os.getpid())


def end_runs_with_server() -> None:
    """In our code server: stop at once when told to. In one of its runs: end when it is gone.

    Any other process that loads the definitions is left alone.
    """
    server = os.environ.get(SERVER_VARIABLE)
    if server == str(os.getpid()):
        _stop_at_once_when_told()
    elif server == str(os.getppid()):
        exit_with_parent()


def _stop_at_once_when_told() -> None:
    """Watch for signals on a thread: Dagster sets its own handlers again after this module is loaded."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def _watch() -> None:
        while os.read(reader, 1)[0] not in STOP_SIGNALS:
            pass
        for run in multiprocessing.active_children():
            run.kill()
        os._exit(0)

    threading.Thread(target=_watch, name="stop-watch", daemon=True).start()
