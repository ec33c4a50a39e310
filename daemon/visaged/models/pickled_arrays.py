"""The only things a pickle may ask for: stand-ins for numpy's arrays, dtypes and scalars, and ordered dicts."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DTYPES = frozenset({"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"})
_MAX_DIMENSIONS = 8


class PickleRefusedError(Exception):
    """Why a pickle is not read, in words that fit behind 'FILE cannot be imported: '."""


@dataclass(frozen=True, slots=True)
class Constructor:
    """A name that a pickle may call; ``make`` takes the untrusted argument tuple."""

    make: Callable[[tuple[Any, ...]], object]


class Pickled(ABC):
    """A value under construction: made by one opcode, completed by a later one."""

    @abstractmethod
    def set_state(self, state: object) -> None:
        """Complete the value; raises PickleRefusedError."""

    @abstractmethod
    def finished(self) -> object:
        """The value for whoever holds it; raises PickleRefusedError where it was never completed."""


class PickledDtype(Pickled):
    """A plain number type; structured, text and object types are refused."""

    def __init__(self, arguments: tuple[Any, ...]) -> None:
        if not arguments or not isinstance(arguments[0], str) or arguments[0] not in _DTYPES:
            raise PickleRefusedError("an array in it does not hold plain numbers")
        self._dtype: np.dtype[Any] = np.dtype(arguments[0])

    def set_state(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) < 2 or state[1] not in ("<", ">", "=", "|"):
            raise PickleRefusedError("the number type of an array is damaged")
        # numpy writes "|" where the order of bytes means nothing.
        self._dtype = self._dtype.newbyteorder(">" if state[1] == ">" else "<")

    def finished(self) -> object:
        return self

    def dtype(self) -> np.dtype[Any]:
        return self._dtype


class PickledArray(Pickled):
    """An array whose state (shape, number type, bytes) is still to come."""

    def __init__(self, _: tuple[Any, ...]) -> None:
        self._array: NDArray[Any] | None = None

    def set_state(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) != 5:
            raise PickleRefusedError("the state of an array is damaged")
        _version, shape, dtype, fortran, data = state
        self._array = _array(data, dtype, shape, "F" if fortran is True else "C")

    def finished(self) -> object:
        if self._array is None:
            raise PickleRefusedError("an array in it has no content")
        return self._array


def _array(data: object, dtype: object, shape: object, order: object) -> NDArray[Any]:
    """A read-only view of ``data``; the shape is believed only if the bytes are there."""
    if not isinstance(data, bytes | bytearray) or not isinstance(dtype, PickledDtype) or order not in ("C", "F"):
        raise PickleRefusedError("the state of an array is damaged")
    extents = checked_extents(shape)
    numbers = dtype.dtype()
    if math.prod(extents) * numbers.itemsize != len(data):
        raise PickleRefusedError(f"an array declares the shape {extents} but brings {len(data)} bytes")
    flat = np.frombuffer(bytes(data), numbers)
    return flat.reshape(extents, order="F" if order == "F" else "C")


def checked_extents(shape: object) -> tuple[int, ...]:
    """``shape`` as a tuple of sizes that numpy can hold; raises PickleRefusedError."""
    extents = tuple(shape) if isinstance(shape, tuple | list) else (-1,)
    plausible = all(type(extent) is int and 0 <= extent < 1 << 31 for extent in extents)
    if not plausible or len(extents) > _MAX_DIMENSIONS:
        raise PickleRefusedError("the shape of an array is damaged")
    return extents


def _from_buffer(arguments: tuple[Any, ...]) -> NDArray[Any]:
    """numpy's way of writing arrays with pickle protocol 5: data, dtype, shape, order."""
    if len(arguments) != 4:
        raise PickleRefusedError("the state of an array is damaged")
    return _array(*arguments)


def _scalar(arguments: tuple[Any, ...]) -> object:
    if len(arguments) != 2:
        raise PickleRefusedError("a number in it is damaged")
    return _array(arguments[1], arguments[0], (), "C")[()]


def _ordered_dict(arguments: tuple[Any, ...]) -> OrderedDict[Any, Any]:
    if arguments:
        raise PickleRefusedError("an ordered dictionary in it is damaged")
    return OrderedDict()


ORDERED_DICT = {("collections", "OrderedDict"): Constructor(_ordered_dict)}

NUMPY: dict[tuple[str, str], object] = {
    ("numpy", "dtype"): Constructor(PickledDtype),
    ("numpy", "ndarray"): "numpy.ndarray",
    **ORDERED_DICT,
}
for _core in ("numpy.core", "numpy._core"):  # numpy 2 renamed the module that its pickles name
    NUMPY[(f"{_core}.multiarray", "_reconstruct")] = Constructor(PickledArray)
    NUMPY[(f"{_core}.multiarray", "scalar")] = Constructor(_scalar)
    NUMPY[(f"{_core}.numeric", "_frombuffer")] = Constructor(_from_buffer)
