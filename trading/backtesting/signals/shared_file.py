"""A file without a name to which a copy of a process writes values: it is gone when both are.

Arrays and frames are written once and read where they lie; what is read may be changed, the file stays.
"""

import mmap
import os
import pickle
import tempfile
from collections.abc import Sequence
from typing import Any

import msgspec

_ALIGNED_TO = 64


class Place(msgspec.Struct, frozen=True):
    """Where a value lies: its offset, the length of its pickle, those of its arrays; all in bytes."""

    offset: int
    pickled: int
    arrays: tuple[int, ...]


class SharedFile:
    """Values one after the other; one process writes them, then another one reads them all."""

    def __init__(self) -> None:
        self._file = _unnamed_file()
        self._end = 0

    def put(self, value: Any) -> Place:
        """Write a value behind the others.

        Raises:
            Exception: it can't be pickled; whatever its class raises.
        """
        buffers: list[pickle.PickleBuffer] = []
        pickled = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
        arrays = [buffer.raw() for buffer in buffers]
        place = Place(self._end, len(pickled), tuple(array.nbytes for array in arrays))
        offsets = _offsets(place)
        self._write(memoryview(pickled), offsets[0])
        for array, offset in zip(arrays, offsets[1:-1], strict=True):
            self._write(array, offset)
        self._end = offsets[-1]
        return place

    def values(self, places: Sequence[Place]) -> list[Any]:
        """Return the values at the places; they share the memory of the file."""
        if not places:
            return []
        whole = memoryview(mmap.mmap(self._file, 0, flags=mmap.MAP_PRIVATE))
        return [_value(whole, place) for place in places]

    def close(self) -> None:
        """Let the file go; values that were read stay as they are."""
        os.close(self._file)

    def _write(self, left: memoryview, offset: int) -> None:
        while left:
            written = os.pwrite(self._file, left, offset)
            left, offset = left[written:], offset + written


def _unnamed_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("tidegate-signals")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _value(whole: memoryview, place: Place) -> Any:
    first, *offsets, _ = _offsets(place)
    arrays = [whole[at : at + length] for at, length in zip(offsets, place.arrays, strict=True)]
    return pickle.loads(whole[first : first + place.pickled], buffers=arrays)  # noqa: S301 - our own copy's


def _offsets(place: Place) -> list[int]:
    """Return where the pickle, each array and the next value begin."""
    offsets = [place.offset]
    for length in (place.pickled, *place.arrays):
        offsets.append(-(-(offsets[-1] + length) // _ALIGNED_TO) * _ALIGNED_TO)
    return offsets
