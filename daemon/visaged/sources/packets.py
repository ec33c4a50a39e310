"""How a picture travels from the process that reads the camera: a label of fixed size, then the bytes as they came.

Imports nothing heavy: the processes that read cameras use it, too.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

_MAGIC = b"VSGF"
_LABEL = struct.Struct("<4s4s4IQdd")
LABEL_SIZE = _LABEL.size
MOST_BYTES = 1 << 26
"""More than any picture; a label that announces more is none."""


class Label(NamedTuple):
    """What follows: ``size`` bytes of one picture.

    ``fourcc`` is V4L2's name of the format, ``stride`` the bytes from one row to the next (0 where there are no rows).
    ``number`` counts the source's pictures, also those that were left out; ``mono`` is when this one was taken, in
    seconds on the monotonic clock; ``fps`` the rate that the source declares, 0 for none.
    """

    fourcc: str
    width: int
    height: int
    stride: int
    size: int
    number: int
    mono: float
    fps: float

    def pack(self) -> bytes:
        """``LABEL_SIZE`` bytes."""
        return _LABEL.pack(_MAGIC, self.fourcc.encode("latin-1"), *self[1:])


def unpack(label: bytes | bytearray | memoryview) -> Label:
    """The label in ``LABEL_SIZE`` bytes. ValueError where there is none."""
    magic, fourcc, *numbers = _LABEL.unpack(label)
    found = Label(fourcc.decode("latin-1"), *numbers)
    if magic != _MAGIC or found.size > MOST_BYTES:
        raise ValueError("no label where one should be")
    return found


class Packet(NamedTuple):
    """One picture as the camera gave it."""

    label: Label
    data: memoryview
