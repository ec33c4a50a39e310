"""Writes a convolutional network as ONNX from a checkpoint's tensors, folding batch norm on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visaged.errors import ModelError
from visaged.models.optional import import_library

BATCH_NORM_EPSILON = 1e-5
"""PyTorch's default, which upstream's networks use."""

_OPSET = 13
_IR_VERSION = 8


@dataclass(frozen=True, slots=True)
class Signal:
    """A named value in the graph with a known number of channels."""

    name: str
    channels: int


class Network:
    """A graph under construction; each method adds one layer and returns its output.

    Raises ModelError, naming the checkpoint and the tensor, where a tensor is missing, has the wrong shape
    for its place, or holds numbers that are not finite.
    """

    def __init__(self, tensors: Mapping[str, NDArray[Any]], origin: str) -> None:
        self._onnx = import_library("onnx")
        self._tensors = tensors
        self._origin = origin
        self._nodes: list[Any] = []
        self._weights: list[Any] = []

    def tensor(self, name: str, dimensions: int) -> NDArray[np.float32]:
        """A float32 copy of the checkpoint's tensor ``name``, which must have so many ``dimensions``."""
        found = self._tensors.get(name)
        if found is None:
            raise ModelError(f"{self._origin} has no tensor {name!r}: it is not a network of the expected kind")
        if found.ndim != dimensions or found.dtype.kind != "f" or found.size == 0:
            raise ModelError(f"{self._origin}: the tensor {name!r} has the unexpected shape {found.shape}")
        copy = np.ascontiguousarray(found, dtype=np.float32)
        if not np.isfinite(copy).all():
            raise ModelError(
                f"{self._origin}: the tensor {name!r} holds numbers that are not finite; the file is damaged"
            )
        return copy

    def conv_bn(self, source: Signal, conv: str, norm: str, *, stride: int = 1, padding: int = 0) -> Signal:
        """A convolution without bias and the batch norm behind it, as one convolution with bias.

        Folding: w' = w * g / sqrt(var + eps), b' = b - mean * g / sqrt(var + eps). A kernel with one input
        channel on a signal of many is depthwise.
        """
        kernel = self.tensor(f"{conv}.weight", 4)
        gain, bias, mean, variance = (
            self._vector(f"{norm}.{part}", len(kernel)) for part in ("weight", "bias", "running_mean", "running_var")
        )
        if (variance < 0).any():
            raise ModelError(f"{self._origin}: {norm!r} has a negative variance; the file is damaged")
        scale = gain / np.sqrt(variance + np.float32(BATCH_NORM_EPSILON))
        folded = kernel * scale[:, None, None, None]
        return self._conv(source, conv, folded, bias - mean * scale, stride=stride, padding=padding)

    def conv(self, source: Signal, name: str, *, stride: int = 1, padding: int = 0) -> Signal:
        """A convolution with a bias of its own."""
        kernel = self.tensor(f"{name}.weight", 4)
        return self._conv(
            source, name, kernel, self._vector(f"{name}.bias", len(kernel)), stride=stride, padding=padding
        )

    def linear(self, source: Signal, name: str, output: str) -> Signal:
        """A fully connected layer on a (1, channels) signal."""
        matrix = self.tensor(f"{name}.weight", 2)
        if matrix.shape[1] != source.channels:
            self._misfit(f"{name}.weight", matrix, source)
        inputs = [source.name, self._weight(f"{name}.weight", matrix)]
        inputs.append(self._weight(f"{name}.bias", self._vector(f"{name}.bias", len(matrix))))
        return self.add("Gemm", inputs, output, len(matrix), transB=1)

    def add(self, kind: str, inputs: Sequence[str], output: str, channels: int, **attributes: Any) -> Signal:
        """Any other operator by its ONNX name."""
        self._nodes.append(self._onnx.helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return Signal(output, channels)

    def relu(self, source: Signal) -> Signal:
        return self.add("Relu", [source.name], f"{source.name}.relu", source.channels)

    def constant(self, name: str, values: Sequence[int]) -> str:
        """An int64 vector, such as the shape that Reshape takes."""
        return self._weight(name, np.asarray(values, np.int64))

    def save(self, path: Path, name: str, inputs: Mapping[str, Shape], outputs: Mapping[str, Shape]) -> None:
        """Check the graph and write it; inputs and outputs are float32 with these shapes."""
        graph = self._onnx.helper.make_graph(
            self._nodes, name, self._described(inputs), self._described(outputs), self._weights
        )
        opset = self._onnx.helper.make_opsetid("", _OPSET)
        model = self._onnx.helper.make_model(
            graph, opset_imports=[opset], ir_version=_IR_VERSION, producer_name="visaged"
        )
        self._onnx.checker.check_model(model)
        path.write_bytes(model.SerializeToString())

    def _described(self, values: Mapping[str, Shape]) -> list[Any]:
        real = self._onnx.TensorProto.FLOAT
        return [self._onnx.helper.make_tensor_value_info(name, real, list(shape)) for name, shape in values.items()]

    def _conv(
        self,
        source: Signal,
        name: str,
        kernel: NDArray[np.float32],
        bias: NDArray[np.float32],
        *,
        stride: int,
        padding: int,
    ) -> Signal:
        outputs, per_group, height, width = kernel.shape
        depthwise = per_group == 1 and source.channels == outputs
        if not depthwise and per_group != source.channels:
            self._misfit(f"{name}.weight", kernel, source)
        inputs = [source.name, self._weight(f"{name}.weight", kernel), self._weight(f"{name}.bias", bias)]
        return self.add(
            "Conv",
            inputs,
            name,
            outputs,
            kernel_shape=[height, width],
            strides=[stride, stride],
            pads=[padding] * 4,
            group=outputs if depthwise else 1,
        )

    def _vector(self, name: str, length: int) -> NDArray[np.float32]:
        vector = self.tensor(name, 1)
        if len(vector) != length:
            raise ModelError(f"{self._origin}: the tensor {name!r} has {len(vector)} numbers in place of {length}")
        return vector

    def _weight(self, name: str, values: NDArray[Any]) -> str:
        self._weights.append(self._onnx.numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _misfit(self, name: str, values: NDArray[Any], source: Signal) -> None:
        raise ModelError(
            f"{self._origin}: the tensor {name!r} of shape {values.shape} does not fit "
            f"the {source.channels} channels before it"
        )


Shape = Sequence[int | str]
"""Sizes; a string is the name of a size that is free at run time."""
