"""Errors of the trading room.

    TradingError
    ├── BadConfig            limits or symbols that don't fit together
    ├── BadSignal            a signal whose fields break its invariant
    ├── IllegalTransition    an order event that the life cycle does not allow
    ├── UnknownOrder         a client order id that the ledger does not hold
    ├── BadOrderState        a command that the order's state does not allow
    ├── ResumeRefused        a resume without its confirmation
    ├── LiveTradingRefused   live orders are asked for and not built yet
    └── JournalFailure
        ├── JournalUnavailable   (transient) the store can't be reached: exit, restart, recover
        ├── JournalTaken         another trading process holds the journal
        ├── JournalConflict      the journal holds entries that this process did not write
        └── JournalCorrupt       an entry that this version can't read

A refusal of an order is no error but a value (`trading.core.risk.Refusal`). Each error has a stable
`code`, which logs, metrics and problem documents carry.
"""


class TradingError(Exception):
    """Root of this room's failures."""

    code = "trading.error"


class BadConfig(TradingError):
    """Limits or symbols that don't fit together; the message says how to mend them."""

    code = "trading.bad_config"


class BadSignal(TradingError):
    """A signal whose fields break its invariant; the message says which and how to mend it."""

    code = "signal.bad"


class IllegalTransition(TradingError):
    """An order event that does not follow from the order's state: a programmer's error."""

    code = "order.illegal_transition"


class UnknownOrder(TradingError):
    """No order has this client order id."""

    code = "order.unknown"


class BadOrderState(TradingError):
    """The order is finished, so that the command can't be carried out."""

    code = "order.finished"


class ResumeRefused(TradingError):
    """Trading was asked to resume where there is nothing to resume."""

    code = "trading.not_halted"


class LiveTradingRefused(TradingError):
    """Live orders are asked for by the settings, but are not built yet."""

    code = "trading.live_not_built"


class JournalFailure(TradingError):
    """The journal could not be written or read."""

    code = "journal.failure"


class JournalUnavailable(JournalFailure):
    """The journal's store can't be reached.

    Whether the last entries were stored is unknown: the process must exit, and recover from the
    journal when it starts again.
    """

    code = "journal.unavailable"


class JournalTaken(JournalFailure):
    """Another trading process writes to this journal."""

    code = "journal.taken"


class JournalConflict(JournalFailure):
    """The journal holds entries that this process did not write."""

    code = "journal.conflict"


class JournalCorrupt(JournalFailure):
    """The journal holds an entry that this version can't read."""

    code = "journal.corrupt"
