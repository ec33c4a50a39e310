"""ONNX Runtime sessions, opened the same way for every network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import onnxruntime

from visaged.errors import ModelError

onnxruntime.set_default_logger_severity(3)


def open_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    """Open the network at ``path`` on the CPU with ``threads`` threads.

    Raises ModelError where the file is missing, damaged or no ONNX network.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # A daemon waits for its camera most of the time, and must not burn a core while it does.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise ModelError(f"{path}: cannot read the network ({exc.strerror}); import or fetch the pack again") from exc
    if not data:
        raise ModelError(f"{path}: the network's file is empty; import or fetch the pack again")
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as exc:
        raise ModelError(
            f"{path}: not a usable ONNX network ({_first_line(exc)}); import or fetch the pack again"
        ) from exc


def check_input(session: onnxruntime.InferenceSession, path: Path, name: str, shape: Sequence[int | None]) -> None:
    """Raise ModelError unless the network takes one tensor ``name`` of ``shape`` (None admits any size)."""
    inputs = session.get_inputs()
    found = [(node.name, list(node.shape)) for node in inputs]
    if len(inputs) != 1 or inputs[0].name != name or not _fits(inputs[0].shape, shape):
        wanted = [size if size is not None else "any" for size in shape]
        raise ModelError(f"{path}: takes {found} where one input {name!r} of shape {wanted} is expected")


def check_output(session: onnxruntime.InferenceSession, path: Path, name: str, shape: Sequence[int | None]) -> None:
    """Raise ModelError unless the network gives a tensor ``name`` of ``shape`` (None admits any size)."""
    outputs = {node.name: list(node.shape) for node in session.get_outputs()}
    if name not in outputs or not _fits(outputs[name], shape):
        wanted = [size if size is not None else "any" for size in shape]
        raise ModelError(f"{path}: gives {outputs} where an output {name!r} of shape {wanted} is expected")


def _fits(found: Sequence[object], wanted: Sequence[int | None]) -> bool:
    return len(found) == len(wanted) and all(b is None or a == b for a, b in zip(found, wanted, strict=True))


def _first_line(exc: Exception) -> str:
    return str(exc).strip().partition("\n")[0]
