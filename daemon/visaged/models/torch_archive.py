"""Reads checkpoints in PyTorch's legacy archive format (torch.save before 1.6) without PyTorch.

The format: five pickles (magic number, protocol version, facts about the writing machine, the object, the list of
storage keys), then per key an int64 count and that many raw numbers.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visaged.errors import ModelError
from visaged.models.pickled_arrays import NUMPY, ORDERED_DICT, Constructor, PickleRefusedError, checked_extents
from visaged.models.restricted_pickle import read_bounded, unpickle

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_STORAGES = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ByteStorage": "|u1",
}

Tensors = dict[str, NDArray[Any]]
Storages = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What kind of numbers a storage holds."""

    dtype: str


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    dtype: str
    count: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    """A tensor whose numbers come later in the file; sizes and strides in elements."""

    storage: _Storage
    offset: int
    sizes: tuple[int, ...]
    strides: tuple[int, ...]

    def __post_init__(self) -> None:
        last = self.offset + sum((size - 1) * stride for size, stride in zip(self.sizes, self.strides, strict=True))
        elements = math.prod(self.sizes)
        if elements and (last >= self.storage.count or elements > self.storage.count):
            raise PickleRefusedError("a tensor reaches beyond the end of its storage")

    def view(self, storages: Storages) -> NDArray[Any]:
        numbers = storages[self.storage.key]
        if math.prod(self.sizes) == 0:
            return np.empty(self.sizes, numbers.dtype)
        steps = [stride * numbers.itemsize for stride in self.strides]
        return np.lib.stride_tricks.as_strided(numbers[self.offset :], self.sizes, steps, writeable=False)


def load_state_dict(path: Path) -> Tensors:
    """The tensors of a checkpoint by name, as read-only views of the file's bytes.

    A ``state_dict`` inside a training checkpoint is found, and the ``module.`` prefix of multi-GPU training is
    dropped. Raises ModelError for anything that is not such a file, or is damaged.
    """
    content = read_bounded(path)
    if content.startswith(b"PK\x03\x04"):
        raise ModelError(
            f"{path} is a checkpoint in PyTorch's newer zip format, and upstream's files are in the old one"
        )
    try:
        return _read(io.BytesIO(content))
    except PickleRefusedError as exc:
        raise ModelError(f"{path} cannot be imported: {exc}") from exc


def _read(stream: io.BytesIO) -> Tensors:
    if unpickle(stream, {}) != _MAGIC:
        raise PickleRefusedError("it is not a PyTorch checkpoint")
    if unpickle(stream, {}) != _PROTOCOL:
        raise PickleRefusedError("it is a PyTorch checkpoint of an unknown version")
    machine = unpickle(stream, {})
    if not isinstance(machine, dict) or machine.get("little_endian") is not True:
        raise PickleRefusedError("it was not written on a little-endian machine")
    declared: dict[str, _Storage] = {}
    checkpoint = unpickle(stream, _NAMES, lambda pid: _declare(pid, declared))
    storages = _read_storages(stream, unpickle(stream, {}), declared)
    return _named_tensors(checkpoint, storages)


def _declare(pid: Any, declared: dict[str, _Storage]) -> _Storage:
    """Note a storage the checkpoint refers to: ("storage", kind, key, device, count, view)."""
    if not isinstance(pid, tuple) or len(pid) < 5 or pid[0] != "storage":
        raise PickleRefusedError("the reference to a tensor's numbers is damaged")
    kind, key, count = pid[1], pid[2], pid[4]
    if not isinstance(kind, _Kind) or not isinstance(key, str) or type(count) is not int or count < 0:
        raise PickleRefusedError("the reference to a tensor's numbers is damaged")
    storage = _Storage(key, kind.dtype, count)
    if declared.setdefault(key, storage) != storage:
        raise PickleRefusedError("two tensors disagree about the storage they share")
    return storage


def _rebuild_tensor(arguments: tuple[Any, ...]) -> _Tensor:
    if len(arguments) < 4 or not isinstance(arguments[0], _Storage) or type(arguments[1]) is not int:
        raise PickleRefusedError("a tensor in it is damaged")
    sizes, strides = checked_extents(arguments[2]), checked_extents(arguments[3])
    if arguments[1] < 0 or len(sizes) != len(strides):
        raise PickleRefusedError("a tensor in it is damaged")
    return _Tensor(arguments[0], arguments[1], sizes, strides)


def _read_storages(stream: io.BytesIO, keys: Any, declared: Mapping[str, _Storage]) -> dict[str, NDArray[Any]]:
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys) or set(keys) != set(declared):
        raise PickleRefusedError("its list of storages does not fit its tensors")
    content = stream.getbuffer().toreadonly()
    position = stream.tell()
    storages = {}
    for key in keys:
        storage = declared[key]
        dtype = np.dtype(storage.dtype)
        end = position + 8 + storage.count * dtype.itemsize
        if end > len(content) or int.from_bytes(content[position : position + 8], "little") != storage.count:
            raise PickleRefusedError("the file is damaged or cut short: a tensor's numbers are not all there")
        storages[key] = np.frombuffer(content, dtype, storage.count, position + 8)
        position = end
    return storages


def _named_tensors(checkpoint: Any, storages: Storages) -> Tensors:
    if not isinstance(checkpoint, dict):
        raise PickleRefusedError("it holds no dictionary of tensors")
    tensors = checkpoint.get("state_dict", checkpoint)
    if not isinstance(tensors, dict):
        raise PickleRefusedError("its state_dict is not a dictionary of tensors")
    return {
        name.removeprefix("module."): tensor.view(storages)
        for name, tensor in tensors.items()
        if isinstance(name, str) and isinstance(tensor, _Tensor)
    }


_NAMES: dict[tuple[str, str], object] = {
    **NUMPY,
    **ORDERED_DICT,
    ("torch._utils", "_rebuild_tensor_v2"): Constructor(_rebuild_tensor),
    **{("torch", name): _Kind(dtype) for name, dtype in _STORAGES.items()},
}
