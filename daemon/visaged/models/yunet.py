"""The YuNet detector (Wu et al. 2023, doi:10.1007/s11633-023-1423-y): OpenCV Zoo's file made to take any size.

The published graph declares 640x640 but is fully convolutional; freeing the declared sizes lets ONNX Runtime run it at
any multiple of 32. Input ``input`` (1, 3, h, w): BGR, 0 to 255. Outputs ``cls_S``, ``obj_S`` (1, n, 1), ``bbox_S``
(1, n, 4) and ``kps_S`` (1, n, 10) for the strides S = 8, 16, 32, n = (h / S) * (w / S).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from visaged.errors import ModelError
from visaged.models.optional import import_library
from visaged.models.restricted_pickle import read_bounded

INPUT = "input"
STRIDES = (8, 16, 32)
_NUMBERS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}


def export(source: Path, onnx_file: Path) -> None:
    """Write ``onnx_file`` from OpenCV Zoo's file; raises ModelError where it is damaged or another network."""
    onnx = import_library("onnx")
    message = import_library("google.protobuf.message")
    try:
        model = onnx.load_model_from_string(read_bounded(source))
        _free_sizes(model.graph, source)
        onnx.checker.check_model(model)
    except (message.DecodeError, onnx.checker.ValidationError, ValueError) as exc:
        raise ModelError(f"{source} is not a readable ONNX file; copy or download it again") from exc
    onnx_file.write_bytes(model.SerializeToString())


def _free_sizes(graph: Any, source: Path) -> None:
    outputs = {output.name: output for output in graph.output}
    expected = {f"{kind}_{stride}" for kind in _NUMBERS for stride in STRIDES}
    if [value.name for value in graph.input] != [INPUT] or set(outputs) != expected:
        raise ModelError(f"{source} is not YuNet: its inputs and outputs have other names")
    _rename(graph.input[0], {2: "h", 3: "w"}, (1, 3, None, None), source)
    for name, output in outputs.items():
        kind, _, stride = name.partition("_")
        _rename(output, {1: f"n{stride}"}, (1, None, _NUMBERS[kind]), source)
    # The sizes noted for values in between belong to 640x640 and would contradict the free ones.
    del graph.value_info[:]


def _rename(value: Any, free: dict[int, str], shape: tuple[int | None, ...], source: Path) -> None:
    dimensions = value.type.tensor_type.shape.dim
    fits = len(dimensions) == len(shape) and all(
        size is None or dimension.dim_value == size for dimension, size in zip(dimensions, shape, strict=True)
    )
    if not fits:
        raise ModelError(f"{source} is not YuNet: {value.name!r} has another shape")
    for index, name in free.items():
        dimensions[index].dim_param = name
