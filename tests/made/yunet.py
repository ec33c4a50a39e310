"""A network with YuNet's inputs and outputs that takes every bright patch of 32x32 pixels for a face of 64x64.

It has an idea of which way is up: a patch that is brighter above than below scores higher. Its five points are those of
the made face when it looks again at a region, which then is three by three patches.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from made.face import five_points

_OUTPUTS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
_TOP_HEAVY = 1.1


def write_yunet(path: Path, *, rename: str = "cls_8") -> Path:
    """Write the ONNX file, declaring 640x640 as the published one does; ``rename`` spoils one output's name."""
    nodes: list[Any] = []
    weights: list[Any] = [_weight("grey", np.full((1, 3, 1, 1), 1 / 3))]
    outputs: list[Any] = []
    nodes.append(helper.make_node("Conv", ["input", "grey"], ["brightness"]))
    for stride in (8, 16, 32):
        weights.append(_weight(f"mean{stride}", _mean(stride)))
        inputs = ["brightness", f"mean{stride}"]
        nodes.append(helper.make_node("Conv", inputs, [f"cells{stride}"], strides=[stride] * 2))
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
    return [
        _weight(f"{name}.weight", np.full((numbers, 1, 1, 1), gain)),
        _weight(f"{name}.bias", np.array(_bias(kind))),
        numpy_helper.from_array(np.array([1, -1, numbers]), f"{name}.shape"),
    ]


def _mean(stride: int) -> Any:
    """The weights of the pixels of a cell: they sum to one, and those of the upper rows are larger."""
    rows = np.linspace(_TOP_HEAVY, 2 - _TOP_HEAVY, stride) / stride**2
    return np.broadcast_to(rows[:, None], (1, 1, stride, stride))


def _bias(kind: str) -> list[float]:
    if kind == "bbox":
        return [0.5, 0.5, math.log(2), math.log(2)]
    return (3 * five_points() - 1).ravel().tolist() if kind == "kps" else [0.0]


def _head_nodes(name: str, stride: int) -> list[Any]:
    return [
        helper.make_node("Conv", [f"cells{stride}", f"{name}.weight", f"{name}.bias"], [f"{name}.maps"]),
        helper.make_node("Transpose", [f"{name}.maps"], [f"{name}.rows"], perm=[0, 2, 3, 1]),
        helper.make_node("Reshape", [f"{name}.rows", f"{name}.shape"], [name]),
    ]


def _weight(name: str, values: Any) -> Any:
    return numpy_helper.from_array(values.astype(np.float32), name)
