"""Reads one real matrix from a MATLAB 5 file; bytes that lie about themselves are refused.

SciPy's reader crashes in native code on such bytes (found by fuzzing it), so it is not for files that anybody may have
made. Format: "MAT-File Format", The MathWorks, R2019b, chapter 1.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visaged.errors import ModelError
from visaged.models.restricted_pickle import read_bounded

_HEADER = 128
_LITTLE_ENDIAN = b"\x00\x01IM"
_MATRIX, _COMPRESSED = 14, 15
_TYPES = {
    1: "<i1", 2: "<u1", 3: "<i2", 4: "<u2", 5: "<i4", 6: "<u4", 7: "<f4", 9: "<f8", 12: "<i8", 13: "<u8",
}  # fmt: skip
_DOUBLE = 6
_COMPLEX = 0x0800
_MAX_INFLATED = 64 << 20


class _DamagedError(Exception):
    """The bytes are not what they claim to be."""


@dataclass(frozen=True, slots=True)
class _Element:
    kind: int
    content: bytes

    def numbers(self) -> NDArray[Any]:
        try:
            return np.frombuffer(self.content, _TYPES[self.kind])
        except (KeyError, ValueError) as exc:
            raise _DamagedError from exc


def load_matrix(path: Path, name: str) -> NDArray[np.float64] | None:
    """The matrix of doubles called ``name``, or None where the file has none of that name and kind.

    Raises ModelError where the file is damaged or not a MATLAB 5 file.
    """
    content = read_bounded(path)
    try:
        if content[_HEADER - 4 : _HEADER] != _LITTLE_ENDIAN:
            raise _DamagedError
        for element in _elements(content[_HEADER:]):
            found, matrix = _matrix(_inflated(element))
            if found == name:
                return matrix
    except _DamagedError as exc:
        raise ModelError(f"{path} is not a readable MATLAB 5 file; copy or download it again") from exc
    return None


def _elements(content: bytes) -> Iterator[_Element]:
    """What follows one another in a file or in a matrix."""
    position = 0
    while position < len(content):
        if position + 8 > len(content):
            raise _DamagedError
        kind, size = struct.unpack_from("<II", content, position)
        start, padding = position + 8, 8
        if kind >> 16:  # a small element: its size and its four bytes share the tag
            kind, size = kind & 0xFFFF, kind >> 16
            start, padding = position + 4, 4
        if start + size > len(content) or (padding == 4 and size > 4):
            raise _DamagedError
        yield _Element(kind, content[start : start + size])
        # A compressed element is the one kind that is not padded.
        position = start + (size if kind == _COMPRESSED else -(-size // padding) * padding)


def _inflated(element: _Element) -> _Element:
    if element.kind != _COMPRESSED:
        return element
    try:
        content = zlib.decompressobj().decompress(element.content, _MAX_INFLATED)
    except zlib.error as exc:
        raise _DamagedError from exc
    return next(_elements(content), _Element(0, b""))


def _matrix(element: _Element) -> tuple[str, NDArray[np.float64] | None]:
    """Name and content of a matrix element; no content where it does not hold real doubles."""
    if element.kind != _MATRIX:
        return "", None
    parts = _elements(element.content)
    flags, extents, name = (next(parts, _Element(0, b"")) for _ in range(3))
    word = int(flags.numbers()[:1].sum()) if flags.content else 0
    label = name.content.decode("latin-1")
    if word & 0xFF != _DOUBLE or word & _COMPLEX:
        return label, None
    shape = [int(extent) for extent in extents.numbers()]
    numbers = next(parts, _Element(0, b"")).numbers()
    if len(shape) != 2 or min(shape) < 0 or math.prod(shape) != len(numbers):
        raise _DamagedError
    return label, numbers.astype(np.float64).reshape(shape, order="F")
