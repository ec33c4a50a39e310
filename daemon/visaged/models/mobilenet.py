"""Upstream's regressor, MobileNet v1 of any width, as ONNX.

Input ``input`` (1, 3, 120, 120): BGR, (grey - 127.5) / 128. Output ``params`` (1, 62): normalised 3DMM parameters.
Architecture: Howard et al. 2017, arXiv:1704.04861; the names and strides are those of upstream's checkpoints.
"""

from __future__ import annotations

from pathlib import Path

from visaged.errors import ModelError
from visaged.models.network import Network, Signal
from visaged.models.torch_archive import load_state_dict

INPUT = "input"
OUTPUT = "params"
SIZE = 120
PARAMS = 62

_FULL_WIDTH = 32
"""Channels of the first layer at width factor 1."""

_BLOCKS = (
    ("dw2_1", 1),
    ("dw2_2", 2),
    ("dw3_1", 1),
    ("dw3_2", 2),
    ("dw4_1", 1),
    ("dw4_2", 2),
    ("dw5_1", 1),
    ("dw5_2", 1),
    ("dw5_3", 1),
    ("dw5_4", 1),
    ("dw5_5", 1),
    ("dw5_6", 2),
    ("dw6", 1),
)
"""Name and stride of each depthwise separable block."""


def export(checkpoint: Path, onnx_file: Path) -> float:
    """Write ``onnx_file`` from a ``.pth`` file; returns the width factor (0.5 for mb05, 1 for mb1).

    Raises ModelError where the checkpoint is damaged or holds another network.
    """
    network = Network(load_state_dict(checkpoint), str(checkpoint))
    first = network.conv_bn(Signal(INPUT, 3), "conv1", "bn1", stride=2, padding=1)
    params = _head(network, _body(network, network.relu(first)))
    if params.channels != PARAMS:
        raise ModelError(f"{checkpoint} regresses {params.channels} parameters, and visaged needs {PARAMS}")
    network.save(onnx_file, "mobilenet", {INPUT: (1, 3, SIZE, SIZE)}, {OUTPUT: (1, PARAMS)})
    return first.channels / _FULL_WIDTH


def _body(network: Network, signal: Signal) -> Signal:
    for name, stride in _BLOCKS:
        depthwise = network.conv_bn(signal, f"{name}.conv_dw", f"{name}.bn_dw", stride=stride, padding=1)
        signal = network.relu(depthwise)
        signal = network.relu(network.conv_bn(signal, f"{name}.conv_sep", f"{name}.bn_sep"))
    return signal


def _head(network: Network, signal: Signal) -> Signal:
    pooled = network.add("GlobalAveragePool", [signal.name], "pool", signal.channels)
    flat = network.add("Flatten", [pooled.name], "flat", signal.channels)
    return network.linear(flat, "fc_param", OUTPUT)
