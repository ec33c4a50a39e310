"""Models folders in which the face pack lacks a part."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np

from visaged.models import manifest


def models_without(part: str, models: Path, place: Path) -> Path:
    """A copy of the folder ``models`` at ``place`` whose pack ``3ddfa_v2`` has no array ``part``."""
    shutil.copytree(models, place)
    pack = place / "3ddfa_v2"
    path = pack / "face_model.npz"
    with np.load(path) as archive:
        arrays = {name: array for name, array in archive.items() if name != part}
    np.savez(path, **arrays)
    described = manifest.decode((pack / manifest.NAME).read_text())
    files = described.files | {path.name: manifest.File(sha256="0" * 64, size=path.stat().st_size)}
    (pack / manifest.NAME).write_text(manifest.encode(msgspec.structs.replace(described, files=files)))
    return place
