"""A made pack ``open``: the made face and network, and all that only packs with signals have."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from visaged.models import blob, manifest
from visaged.models.manifest import Manifest

SAYS = {"eye_open_left": 0.9, "eye_open_right": 0.8, "eye_seen_left": 0.95, "eye_seen_right": 0.7, "mouth_open": 0.05}
"""What its network says of every crop. Its presence is near 1 where the crop is bright, and near 0 where it is dark."""

ROLES = ("lid_left", "lid_right", "jaw")
MOVED = (((43, 44), 8.6e3), ((37, 38), 8.6e3), ((55, 56, 57, 58, 59, 65, 66, 67), 20e3))
"""The landmarks that each of them moves down, by how many micrometres."""

SKIN = (120, 150, 200)
MODES = 4
_STEEPNESS, _DARK = 10.0, -0.85


def write_open(models: Path, place: Path) -> Path:
    """Write ``place``/open from the packs 3ddfa_v2 and yunet of ``models``; gives its folder."""
    folder = place / "open"
    folder.mkdir(parents=True)
    add_signals(models / "3ddfa_v2/regressor.onnx", folder / "regressor.onnx")
    shutil.copy(models / "yunet/detector.onnx", folder)
    write_face_model(models / "3ddfa_v2/face_model.npz", folder / "face_model.npz")
    described = manifest.decode((models / "3ddfa_v2/pack.toml").read_text())
    assert described.regressor is not None
    values = {name: getattr(described.regressor, name) for name in described.regressor.__struct_fields__}
    written = Manifest(
        format=manifest.FORMAT,
        name="open",
        version="made",
        licence="made",
        permitted_use="Any.",
        verified=True,
        source=manifest.Source("made/open", "c0ffee"),
        sources={},
        files={file.name: manifest.File(blob.sha256(file), file.stat().st_size) for file in sorted(folder.iterdir())},
        regressor=manifest.Regressor(**values | {"signals": "signals"}),
        detector=manifest.Detector("detector.onnx", "yunet", "input"),
        face_model=manifest.FaceModel("face_model.npz", ROLES),
    )
    (folder / manifest.NAME).write_text(manifest.encode(written))
    return folder


def add_signals(regressor: Path, path: Path, count: int = 6) -> Path:
    """Write the network ``regressor`` with a second output, ``signals`` (1, ``count``)."""
    model = onnx.load(regressor)
    weights = np.zeros((3, count), np.float32)
    weights[:, 0] = _STEEPNESS
    said = np.array([0.5, *SAYS.values()])
    bias = np.log(said / (1 - said))[:count]
    bias[0] = -3 * _STEEPNESS * _DARK
    graph = model.graph
    graph.initializer.extend([_weight("says.weight", weights), _weight("says.bias", bias)])
    graph.node.extend(
        [
            helper.make_node("GlobalAveragePool", [graph.input[0].name], ["says.mean"]),
            helper.make_node("Flatten", ["says.mean"], ["says.flat"]),
            helper.make_node("Gemm", ["says.flat", "says.weight", "says.bias"], ["says.logits"]),
            helper.make_node("Sigmoid", ["says.logits"], ["signals"]),
        ]
    )
    graph.output.append(helper.make_tensor_value_info("signals", TensorProto.FLOAT, [1, count]))
    onnx.save(model, path)
    return path


def write_face_model(original: Path, path: Path) -> None:
    """Write the face model ``original`` with its bases halved, with lids and a jaw, and skin."""
    with np.load(original) as archive:
        arrays: dict[str, Any] = dict(archive)
    for column, (landmarks, way) in enumerate(MOVED):
        arrays["expression_basis"][:, column] = 0
        arrays["expression_basis"][3 * np.array(landmarks) + 1, column] = -way
    for name in ("shape_basis", "expression_basis"):
        arrays[name] = arrays[name].astype(np.float16)
    random = np.random.default_rng(5)
    arrays["texture_mean"] = np.tile(np.array(SKIN, np.float32), len(arrays["mean"]) // 3)
    arrays["texture_basis"] = random.normal(0, 5, (len(arrays["mean"]), MODES)).astype(np.float16)
    np.savez(path, **arrays)


def _weight(name: str, values: Any) -> Any:
    return numpy_helper.from_array(values.astype(np.float32), name)
