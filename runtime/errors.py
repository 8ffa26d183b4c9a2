"""Errors of the runtime.

    RuntimeFailure
    ├── Transient                 try again later, with a bounded back-off
    │   └── Unavailable           the database or the broker does not answer now
    └── Permanent                 trying again changes nothing; a person has to act
        ├── SettingsError         a setting that is unknown, misspelt or out of range
        ├── PortInUse             a port that we need is held by another process
        ├── AlreadyRunning        a second `tidegate up` on one data folder
        ├── ProcessRefused        a process whose settings keep it from starting
        ├── MissingProgram        a program or package that this machine lacks
        ├── MigrationRefused      an applied migration was edited, or its SQL fails
        ├── UnknownTopic          a topic that was never created
        ├── TopicMismatch         a topic that exists with another number of partitions
        ├── RecordTooLarge        a record beyond the log's limit
        ├── DatabaseRefused       a statement that the database answers with an error, now and later
        └── EmbeddedServerFailed  the embedded PostgreSQL does not start

Each has a stable `code`, which logs and metrics carry, and a message of one line that says what to do.
"""

EXIT_FAILED = 1
EXIT_MISCONFIGURED = 78
"""A process's exit code where only other settings help (EX_CONFIG): to start it again would not."""


class RuntimeFailure(Exception):
    """Root of this package's failures."""

    code = "runtime.failure"


class Transient(RuntimeFailure):
    """A failure that passes: retry with a bounded back-off."""

    code = "runtime.transient"


class Permanent(RuntimeFailure):
    """A failure that stays until somebody acts."""

    code = "runtime.permanent"


class Unavailable(Transient):
    """The database or the broker does not answer now."""

    code = "runtime.unavailable"


class SettingsError(Permanent):
    """A setting that is unknown, misspelt or out of range."""

    code = "settings.bad"


class PortInUse(Permanent):
    """A port that we need is held by another process."""

    code = "port.in_use"


class ProcessRefused(Permanent):
    """A process of ours doesn't start with the settings that it was given."""

    code = "process.refused"


class AlreadyRunning(Permanent):
    """Another supervisor runs on the same data folder."""

    code = "supervisor.already_running"


class MissingProgram(Permanent):
    """A program or package that this machine lacks."""

    code = "program.missing"


class MigrationRefused(Permanent):
    """An applied migration was edited, or its SQL fails."""

    code = "migration.refused"


class UnknownTopic(Permanent):
    """A topic or partition that was never created."""

    code = "log.unknown_topic"


class TopicMismatch(Permanent):
    """A topic that exists with another number of partitions."""

    code = "log.topic_mismatch"


class RecordTooLarge(Permanent):
    """A record beyond the log's limit."""

    code = "log.record_too_large"


class DatabaseRefused(Permanent):
    """A statement that the database answers with an error: repeating it changes nothing."""

    code = "database.refused"


class EmbeddedServerFailed(Permanent):
    """The embedded PostgreSQL does not start; the message quotes its last words."""

    code = "database.start_failed"


def exit_code_of(error: Exception) -> int:
    """Return the exit code of a process that ends with an error."""
    return EXIT_MISCONFIGURED if isinstance(error, SettingsError) else EXIT_FAILED
