"""The made face with colours, lids and a jaw: a pack that people can be drawn from."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from visaged.models import manifest
from visaged.models.manifest import FaceModel, File

LEFT_LID, RIGHT_LID, LOWER_LIP = (43, 44), (37, 38), (55, 56, 57, 58, 59, 65, 66, 67)
SHUT, YAWN = 8.6e3, 20e3
"""Micrometres that lids and lips go down."""


def write_drawable(made: Path, folder: Path) -> None:
    """Write the pack ``folder.name`` from the pack in ``made``."""
    folder.mkdir(parents=True)
    with np.load(made / "face_model.npz") as archive:
        arrays = dict(archive)
    basis = arrays["expression_basis"].astype(np.float16)
    for column, (vertices, way) in enumerate(((LEFT_LID, SHUT), (RIGHT_LID, SHUT), (LOWER_LIP, YAWN))):
        basis[:, column] = 0
        basis[3 * np.array(vertices) + 1, column] = -way
    colours = np.tile(np.array([120, 150, 200], np.float32), len(arrays["mean"]) // 3)
    modes = np.tile(np.diag([20, 10, 5]), (len(colours) // 3, 1)).astype(np.float16)
    arrays |= {"expression_basis": basis, "texture_mean": colours, "texture_basis": modes}
    np.savez(folder / "face_model.npz", **arrays)
    shutil.copy(made / "regressor.onnx", folder)
    _describe(made, folder)


def _describe(made: Path, folder: Path) -> None:
    described = manifest.decode((made / manifest.NAME).read_text())
    contents = {name: (folder / name).read_bytes() for name in ("face_model.npz", "regressor.onnx")}
    files = {name: File(hashlib.sha256(content).hexdigest(), len(content)) for name, content in contents.items()}
    face_model = FaceModel("face_model.npz", ("lid_left", "lid_right", "jaw"))
    changed = replace(described, name=folder.name, files=files, face_model=face_model, detector=None)
    (folder / manifest.NAME).write_text(manifest.encode(changed))
