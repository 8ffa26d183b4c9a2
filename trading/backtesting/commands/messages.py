"""How commands talk and end: results to stdout, remarks and one-line complaints to stderr."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from market.errors import MarketError
from runtime.errors import RuntimeFailure
from trading.backtesting.errors import BacktestError

REMARKS_SHOWN_MAX = 12
BAD_INPUT = 2
STOPPED = 130
TERMINATED = 143


class Terminated(KeyboardInterrupt):
    """SIGTERM, which stops a command as Ctrl-C does."""


def run_command(name: str, work: Callable[[], int], *, stopped: str = "stopped; nothing was written") -> int:
    """Do the work and return its exit code: 2 for a failure of our own, 130 for Ctrl-C, 143 for SIGTERM.

    Each of these is one line; `stopped` is that of the two last.
    """
    try:
        with _heeding_sigterm():
            return work()
    except (BacktestError, RuntimeFailure, MarketError) as error:
        complain(name, error)
    except KeyboardInterrupt as stop:
        complain(name, stopped)
        return TERMINATED if isinstance(stop, Terminated) else STOPPED
    except Exception as error:
        if not is_ours(error):
            raise
        complain(name, error)
    return BAD_INPUT


@contextmanager
def _heeding_sigterm() -> Iterator[None]:
    """Turn SIGTERM into an exception, so that what was begun is ended; a second one changes nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def terminate(number: int, _: object) -> NoReturn:
        signal.signal(number, signal.SIG_IGN)
        raise Terminated

    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def is_ours(error: Exception) -> bool:
    """Whether an error's message is meant for the user: a strategy's failures are.

    Their module is looked up and not imported: where it was never imported it raised nothing.
    """
    root = getattr(sys.modules.get("trading.strategy_framework.errors"), "StrategyError", None)
    return root is not None and isinstance(error, root)


def complain(name: str, problem: object) -> None:
    """Say in one line what is wrong."""
    sys.stderr.write(f"tidegate {name}: {' '.join(str(problem).split())}\n")


def remark(remarks: Sequence[object]) -> None:
    """Say what was odd but could be used; of many alike only the first."""
    texts = list(dict.fromkeys(str(text) for text in remarks))
    for text in texts[:REMARKS_SHOWN_MAX]:
        sys.stderr.write(f"note: {text}\n")
    if len(texts) > REMARKS_SHOWN_MAX:
        sys.stderr.write(f"note: and {len(texts) - REMARKS_SHOWN_MAX} more of this kind\n")
