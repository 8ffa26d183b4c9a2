"""Recordings for this room. The readers moved to `runtime.recordings`, as the simulator reads them too.

Import from there; edit them there.
"""

from runtime.recordings import (
    VENUES,
    DamagedRecording,
    Recorded,
    Recording,
    RecordingError,
    UnknownRecording,
    open_recording,
)

__all__ = [
    "VENUES",
    "DamagedRecording",
    "Recorded",
    "Recording",
    "RecordingError",
    "UnknownRecording",
    "open_recording",
]
