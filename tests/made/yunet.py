"""A network with YuNet's inputs and outputs that takes every bright patch of 32x32 pixels for a face of 64x64."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_OUTPUTS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}


def write_yunet(path: Path, *, rename: str = "cls_8") -> Path:
    """Write the ONNX file, declaring 640x640 as the published one does; ``rename`` spoils one output's name."""
    nodes: list[Any] = []
    weights: list[Any] = [_weight("grey", np.full((1, 3, 1, 1), 1 / 3))]
    outputs: list[Any] = []
    nodes.append(helper.make_node("Conv", ["input", "grey"], ["brightness"]))
    for stride in (8, 16, 32):
        window = {"kernel_shape": [stride] * 2, "strides": [stride] * 2}
        nodes.append(helper.make_node("AveragePool", ["brightness"], [f"cells{stride}"], **window))
        for kind, numbers in _OUTPUTS.items():
            name = rename if (kind, stride) == ("cls", 8) else f"{kind}_{stride}"
            weights += _head(name, kind, stride, numbers)
            nodes += _head_nodes(name, stride)
            shape = [1, (640 // stride) ** 2, numbers]
            outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    entry = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 640, 640])
    inner = helper.make_tensor_value_info("brightness", TensorProto.FLOAT, [1, 1, 640, 640])
    graph = helper.make_graph(nodes, "made", [entry], outputs, weights, value_info=[inner])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=6)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
    return path


def _head(name: str, kind: str, stride: int, numbers: int) -> list[Any]:
    gain = 1 / 255 if kind in ("cls", "obj") and stride == 32 else 0
    bias = [0.5, 0.5, math.log(2), math.log(2)] if kind == "bbox" else [0.0] * numbers
    return [
        _weight(f"{name}.weight", np.full((numbers, 1, 1, 1), gain)),
        _weight(f"{name}.bias", np.array(bias)),
        numpy_helper.from_array(np.array([1, -1, numbers]), f"{name}.shape"),
    ]


def _head_nodes(name: str, stride: int) -> list[Any]:
    return [
        helper.make_node("Conv", [f"cells{stride}", f"{name}.weight", f"{name}.bias"], [f"{name}.maps"]),
        helper.make_node("Transpose", [f"{name}.maps"], [f"{name}.rows"], perm=[0, 2, 3, 1]),
        helper.make_node("Reshape", [f"{name}.rows", f"{name}.shape"], [name]),
    ]


def _weight(name: str, values: Any) -> Any:
    return numpy_helper.from_array(values.astype(np.float32), name)
