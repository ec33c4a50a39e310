"""Checkpoints in PyTorch's legacy format, written without PyTorch, and made networks to put in them."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Tensors = Mapping[str, NDArray[Any]]

_STORAGE = {"f": b"FloatStorage", "i": b"LongStorage"}
_HEADER = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03."
_MACHINE = b"\x80\x02}X\x0d\x00\x00\x00little_endian\x88s."


def legacy_archive(tensors: Tensors, *, training: bool = False) -> bytes:
    """What torch.save wrote before 1.6; ``training`` wraps the tensors as a checkpoint of several GPUs does."""
    prefix = "module." if training else ""
    entries = b"".join(
        _text(prefix + name) + _tensor(str(key), values) for key, (name, values) in enumerate(tensors.items())
    )
    state = b"ccollections\nOrderedDict\n)R(" + entries + b"u"
    if training:
        state = b"}(" + _text("epoch") + b"K\x07" + _text("state_dict") + state + b"u"
    keys = b"](" + b"".join(_text(str(key)) for key in range(len(tensors))) + b"e."
    numbers = b"".join(struct.pack("<q", values.size) + values.tobytes() for values in tensors.values())
    return _HEADER + _MACHINE + b"\x80\x02" + state + b"." + b"\x80\x02" + keys + numbers


def _tensor(key: str, values: NDArray[Any]) -> bytes:
    storage = b"ctorch\n" + _STORAGE[values.dtype.kind] + b"\n"
    pid = b"(" + _text("storage") + storage + _text(key) + _text("cpu") + _int(values.size) + b"NtQ"
    sizes = _ints(values.shape)
    strides = _ints(tuple(stride // values.itemsize for stride in values.strides))
    return (
        b"ctorch._utils\n_rebuild_tensor_v2\n("
        + pid
        + _int(0)
        + sizes
        + strides
        + b"\x89ccollections\nOrderedDict\n)RtR"
    )


def _text(text: str) -> bytes:
    return b"X" + struct.pack("<I", len(text)) + text.encode()


def _int(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def _ints(values: tuple[int, ...]) -> bytes:
    return b"(" + b"".join(map(_int, values)) + b"t"


class _Weights(dict[str, NDArray[Any]]):
    """Random tensors by name, scaled so that a signal keeps its size from layer to layer."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._random = np.random.default_rng(seed)

    def conv(self, name: str, outputs: int, inputs: int, kernel: int) -> None:
        spread = np.sqrt(2 / (inputs * kernel * kernel))
        self[f"{name}.weight"] = self._normal((outputs, inputs, kernel, kernel), spread)

    def norm(self, name: str, channels: int) -> None:
        self[f"{name}.weight"] = 1 + self._normal((channels,), 0.1)
        self[f"{name}.bias"] = self._normal((channels,), 0.1)
        self[f"{name}.running_mean"] = self._normal((channels,), 0.1)
        self[f"{name}.running_var"] = 1 + np.abs(self._normal((channels,), 0.1))
        self[f"{name}.num_batches_tracked"] = np.array(7, np.int64)

    def linear(self, name: str, outputs: int, inputs: int, spread: float) -> None:
        self[f"{name}.weight"] = self._normal((outputs, inputs), spread)
        self[f"{name}.bias"] = np.zeros(outputs, np.float32)

    def _normal(self, shape: tuple[int, ...], spread: float) -> NDArray[np.float32]:
        return self._random.normal(0, spread, shape).astype(np.float32)


def made_mobilenet(width: float = 0.25, params: int = 62) -> dict[str, NDArray[Any]]:
    """A MobileNet with upstream's names whose output stays within a few tenths of 0: a face near the mean."""
    weights = _Weights(1)
    channels = int(32 * width)
    weights.conv("conv1", channels, 3, 3)
    weights.norm("bn1", channels)
    growth = {"dw2_1": 64, "dw2_2": 128, "dw3_1": 128, "dw3_2": 256, "dw4_1": 256, "dw4_2": 512}
    growth |= {f"dw5_{index}": 512 for index in range(1, 6)} | {"dw5_6": 1024, "dw6": 1024}
    for name, full in growth.items():
        weights.conv(f"{name}.conv_dw", channels, 1, 3)
        weights.norm(f"{name}.bn_dw", channels)
        weights.conv(f"{name}.conv_sep", int(full * width), channels, 1)
        channels = int(full * width)
        weights.norm(f"{name}.bn_sep", channels)
    weights.linear("fc_param", params, channels, 0.02)
    weights.linear("fc_lm", 136, channels, 0.02)
    return dict(weights)


def made_faceboxes() -> dict[str, NDArray[Any]]:
    """A small network with FaceBoxes' names and structure that takes nothing for a face."""
    weights = _Weights(2)

    def unit(name: str, outputs: int, inputs: int, kernel: int) -> None:
        weights.conv(f"{name}.conv", outputs, inputs, kernel)
        weights.norm(f"{name}.bn", outputs)

    unit("conv1", 4, 3, 7)
    unit("conv2", 16, 8, 5)
    for index in (1, 2, 3):
        name = f"inception{index}"
        for branch, inputs, kernel in (
            ("branch1x1", 32, 1),
            ("branch1x1_2", 32, 1),
            ("branch3x3_reduce", 32, 1),
            ("branch3x3", 8, 3),
            ("branch3x3_reduce_2", 32, 1),
            ("branch3x3_2", 8, 3),
            ("branch3x3_3", 8, 3),
        ):
            unit(f"{name}.{branch}", 8, inputs, kernel)
    for level in (3, 4):
        unit(f"conv{level}_1", 16, 32, 1)
        unit(f"conv{level}_2", 32, 16, 3)
    for level, anchors in enumerate((21, 1, 1)):
        for head, numbers, bias in (("loc", 4, [0, 0, 0, 0]), ("conf", 2, [9, -9])):
            weights.conv(f"{head}.{level}", anchors * numbers, 32, 3)
            weights[f"{head}.{level}.weight"] *= np.float32(1e-3)
            weights[f"{head}.{level}.bias"] = np.tile(np.float32(bias), anchors)
    return dict(weights)


def write_checkpoint(path: Path, tensors: Tensors, *, training: bool = False) -> Path:
    """Write ``tensors`` as a ``.pth`` file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(legacy_archive(tensors, training=training))
    return path
