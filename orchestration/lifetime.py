"""Runs live and die with the code server.

Dagster's server starts each run as a child process and, when stopped, waits for it: a training
would hold up Ctrl-C. And a killed server would leave it running, unseen.
"""

import atexit
import multiprocessing

from serving.orphans import exit_with_parent


def end_runs_with_server() -> None:
    """In the server: kill the runs at exit. In a run: end when the server is gone."""
    if multiprocessing.parent_process() is not None:
        exit_with_parent()
    else:
        # Registered after multiprocessing's own handler, so it runs before it waits.
        atexit.register(_kill_runs)


def _kill_runs() -> None:
    for run in multiprocessing.active_children():
        run.kill()
