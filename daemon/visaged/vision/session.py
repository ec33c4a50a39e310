"""ONNX Runtime sessions, opened the same way for every network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from visaged.errors import ModelError
from visaged.runtime import onnxruntime

FLOAT32 = "tensor(float)"
HINT = "import or fetch the pack again"


@dataclass(frozen=True, slots=True)
class Execution:
    """How networks run: on how many threads; whether these wait for work ``spinning`` for a while before they sleep, at
    the price of a core each; whether the memory of a run is kept for the next (``arena``).
    """

    threads: int = 1
    spinning: bool = False
    arena: bool = True


PLAIN = Execution()
"""One thread that never spins."""


def open_session(path: Path, execution: Execution = PLAIN) -> onnxruntime.InferenceSession:
    """Open the network at ``path`` on the CPU.

    Raises ModelError where the file is missing, damaged or no ONNX network.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = execution.threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = execution.arena
    # A daemon waits for its camera most of the time, and must not burn a core while it does.
    options.add_session_config_entry("session.intra_op.allow_spinning", "1" if execution.spinning else "0")
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise ModelError(f"{path}: cannot read the network ({exc.strerror}); {HINT}") from exc
    if not data:
        raise ModelError(f"{path}: the network's file is empty; {HINT}")
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as exc:
        raise ModelError(f"{path}: not a usable ONNX network ({_first_line(exc)}); {HINT}") from exc


def check_input(session: onnxruntime.InferenceSession, path: Path, name: str, shape: Sequence[int | None]) -> None:
    """Raise ModelError unless the network takes one float32 tensor ``name`` of ``shape`` (None admits any size)."""
    inputs = session.get_inputs()
    if len(inputs) != 1 or inputs[0].name != name or not _fits(inputs[0], shape):
        raise ModelError(f"{path}: takes {_listed(inputs)} where one input {_tensor(name, shape)} is expected; {HINT}")


def check_output(session: onnxruntime.InferenceSession, path: Path, name: str, shape: Sequence[int | None]) -> None:
    """Raise ModelError unless the network gives a float32 tensor ``name`` of ``shape`` (None admits any size)."""
    outputs = session.get_outputs()
    if not any(node.name == name and _fits(node, shape) for node in outputs):
        raise ModelError(f"{path}: gives {_listed(outputs)} where an output {_tensor(name, shape)} is expected; {HINT}")


def try_out(
    session: onnxruntime.InferenceSession, path: Path, shape: Sequence[int], expected: Mapping[str, tuple[int, ...]]
) -> None:
    """Run the network once, on zeros of ``shape``; ``expected`` has the shape of each output by its name.

    Raises ModelError where the network cannot be run or gives something else: some of what is wrong with a network
    shows only then, and must not show in the middle of a video.
    """
    try:
        outputs = session.run(list(expected), {session.get_inputs()[0].name: np.zeros(shape, np.float32)})
    except Exception as exc:
        raise ModelError(f"{path}: the network cannot be run ({_first_line(exc)}); {HINT}") from exc
    found = {name: output.shape for name, output in zip(expected, outputs, strict=True)}
    if found != dict(expected):
        raise ModelError(f"{path}: gives outputs of shapes {found} where {dict(expected)} are expected; {HINT}")


def _fits(node: onnxruntime.NodeArg, wanted: Sequence[int | None]) -> bool:
    found = node.shape
    sizes_fit = len(found) == len(wanted) and all(b is None or a == b for a, b in zip(found, wanted, strict=True))
    return node.type == FLOAT32 and sizes_fit


def _tensor(name: str, shape: Sequence[object]) -> str:
    return f"{name} of {' x '.join('any' if size is None else str(size) for size in shape)} float32 numbers"


def _listed(nodes: Sequence[onnxruntime.NodeArg]) -> str:
    return ", ".join(f"{node.name} {node.shape} {node.type}" for node in nodes) or "nothing"


def _first_line(exc: Exception) -> str:
    return str(exc).strip().partition("\n")[0]
