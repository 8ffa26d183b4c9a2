"""Errors of recordings.

RuntimeFailure (runtime.errors)
└── RecordingError
    ├── UnknownRecording    a file of no known format, or of a venue that we don't decode
    └── DamagedRecording    a file that is cut or broken; what came before was read
"""

from runtime.errors import RuntimeFailure


class RecordingError(RuntimeFailure):
    """A recording that can't be read as asked."""

    code = "recording.error"


class UnknownRecording(RecordingError):
    """A file of no known format, or of a venue without a decoder."""

    code = "recording.unknown"


class DamagedRecording(RecordingError):
    """A file that ends in the middle, or whose compression is broken."""

    code = "recording.damaged"
