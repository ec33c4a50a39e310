"""The FaceBoxes detector as ONNX (Zhang et al. 2017, arXiv:1708.05234).

Input ``input`` (1, 3, h, w): BGR minus (104, 117, 123), any h and w. Outputs ``boxes`` (1, n, 4), the raw offsets to
the n prior boxes, and ``scores`` (1, n, 2), softmax of background and face. The order of the n is that of the three
levels (strides 32, 64, 128), row by row, then cell by cell, then anchor by anchor.
"""

from __future__ import annotations

from pathlib import Path

from visaged.errors import ModelError
from visaged.models.network import Network, Signal
from visaged.models.torch_archive import load_state_dict

INPUT = "input"
ANCHORS = (21, 1, 1)
"""Prior boxes per cell of the three levels."""


def export(checkpoint: Path, onnx_file: Path) -> None:
    """Write ``onnx_file`` from a ``.pth`` file; raises ModelError where it is damaged or another network."""
    network = Network(load_state_dict(checkpoint), str(checkpoint))
    levels = _levels(network, Signal(INPUT, 3))
    boxes = _predictions(network, levels, "loc", 4, str(checkpoint))
    scores = _predictions(network, levels, "conf", 2, str(checkpoint))
    network.add("Identity", [boxes.name], "boxes", 4)
    network.add("Softmax", [scores.name], "scores", 2, axis=2)
    network.save(onnx_file, "faceboxes", {INPUT: (1, 3, "h", "w")}, {"boxes": (1, "n", 4), "scores": (1, "n", 2)})


def _levels(network: Network, signal: Signal) -> list[Signal]:
    """The feature maps that boxes are predicted from, fine to coarse."""
    signal = _max_pool(network, _crelu(network, signal, "conv1", stride=4, padding=3))
    signal = _max_pool(network, _crelu(network, signal, "conv2", stride=2, padding=2))
    for name in ("inception1", "inception2", "inception3"):
        signal = _inception(network, signal, name)
    middle = _unit(network, _unit(network, signal, "conv3_1"), "conv3_2", stride=2, padding=1)
    coarse = _unit(network, _unit(network, middle, "conv4_1"), "conv4_2", stride=2, padding=1)
    return [signal, middle, coarse]


def _unit(network: Network, signal: Signal, name: str, *, stride: int = 1, padding: int = 0) -> Signal:
    return network.relu(network.conv_bn(signal, f"{name}.conv", f"{name}.bn", stride=stride, padding=padding))


def _crelu(network: Network, signal: Signal, name: str, *, stride: int, padding: int) -> Signal:
    """Concatenated ReLU: the filters and their negatives (Shang et al. 2016, arXiv:1603.05201)."""
    signal = network.conv_bn(signal, f"{name}.conv", f"{name}.bn", stride=stride, padding=padding)
    negative = network.add("Neg", [signal.name], f"{name}.negative", signal.channels)
    return network.relu(_concatenate(network, [signal, negative], f"{name}.both"))


def _inception(network: Network, signal: Signal, name: str) -> Signal:
    """Four branches side by side, from a 1x1 to a double 3x3 receptive field."""
    point = _unit(network, signal, f"{name}.branch1x1")
    pooled = network.add(
        "AveragePool",
        [signal.name],
        f"{name}.pool",
        signal.channels,
        kernel_shape=[3, 3],
        pads=[1] * 4,
        count_include_pad=1,
    )
    pooled = _unit(network, pooled, f"{name}.branch1x1_2")
    single = _unit(network, _unit(network, signal, f"{name}.branch3x3_reduce"), f"{name}.branch3x3", padding=1)
    double = _unit(network, signal, f"{name}.branch3x3_reduce_2")
    double = _unit(network, double, f"{name}.branch3x3_2", padding=1)
    double = _unit(network, double, f"{name}.branch3x3_3", padding=1)
    return _concatenate(network, [point, pooled, single, double], f"{name}.all")


def _predictions(network: Network, levels: list[Signal], head: str, numbers: int, origin: str) -> Signal:
    """One head on every level, as (1, n, numbers)."""
    rows = []
    for index, (signal, anchors) in enumerate(zip(levels, ANCHORS, strict=True)):
        name = f"{head}.{index}"
        maps = network.conv(signal, name, padding=1)
        if maps.channels != anchors * numbers:
            raise ModelError(f"{origin}: {name} predicts {maps.channels} numbers per cell, not {anchors * numbers}")
        cells = network.add("Transpose", [maps.name], f"{name}.cells", maps.channels, perm=[0, 2, 3, 1])
        shape = network.constant(f"{name}.shape", [1, -1, numbers])
        rows.append(network.add("Reshape", [cells.name, shape], f"{name}.rows", numbers))
    return network.add("Concat", [row.name for row in rows], f"{head}.rows", numbers, axis=1)


def _max_pool(network: Network, signal: Signal) -> Signal:
    name = f"{signal.name}.pool"
    window = {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1] * 4}
    return network.add("MaxPool", [signal.name], name, signal.channels, **window)


def _concatenate(network: Network, signals: list[Signal], name: str) -> Signal:
    channels = sum(signal.channels for signal in signals)
    return network.add("Concat", [signal.name for signal in signals], name, channels, axis=1)
