"""Step 5: the pack, from what the other steps left behind.

    python scripts/train_open/pack.py work/ detector.onnx --version 1 --out models/

Writes ``open`` there, whole or not at all; a model card that lies there stays.
"""

import shutil
from pathlib import Path

import command
import face_model
import numpy as np
from arrays import need, read_arrays
from layout import ROLES, SIZE
from normalisation import load_normalisation
from whole import write_arrays

from visaged.models import blob, manifest
from visaged.models.install import staged
from visaged.models.pack import load_pack
from visaged.vision.face_model import open_face_model

LICENCE = (
    "Apache-2.0 (weights and face model); trained from pictures in the public domain and under CC BY 4.0, see README.md"
)
USE = "Any use that the Apache License 2.0 permits, commercial use included."
REGRESSOR, DETECTOR, FACE_MODEL = "regressor.onnx", "detector.onnx", "face_model.npz"
ARRAYS = ("mean", "shape_basis", "expression_basis", "triangles", "landmark_indices", "pncc", "uv")
TEXTURE = ("texture_mean", "texture_basis")


def main() -> None:
    parser = command.parser(__doc__)
    parser.add_argument("work", type=Path, help="folder that the other steps wrote to")
    parser.add_argument("detector", type=Path, help="what detector/export.py wrote")
    parser.add_argument("--version", required=True)
    parser.add_argument("--name", default="open")
    parser.add_argument("--out", required=True, type=Path, help="folder of packs")
    given = parser.parse_args()
    need(given.work / REGRESSOR, "train.py")
    need(given.detector, "detector/export.py")
    arrays = face_arrays(given.work)
    with staged(given.out, given.name) as folder:
        shutil.copyfile(given.work / REGRESSOR, folder / REGRESSOR)
        shutil.copyfile(given.detector, folder / DETECTOR)
        write_arrays(folder / FACE_MODEL, arrays, compressed=True)
        keep_card(given.out / given.name, folder)
        text = manifest.encode(description(folder, given.name, given.version))
        (folder / manifest.NAME).write_text(text, encoding="utf-8")
        open_face_model(load_pack(folder))  # raises ModelError where the parts do not fit
    print(given.out / given.name)


def face_arrays(work: Path) -> dict[str, np.ndarray]:
    """All arrays of the pack's face model."""
    arrays = read_arrays(work / face_model.FILE, ARRAYS + TEXTURE, "face_model.py")
    usual = load_normalisation(work)
    return arrays | {"param_mean": usual.mean, "param_std": usual.std}


def keep_card(before: Path, folder: Path) -> None:
    """Copy what else is in the pack of ``before``: the model card and its pictures."""
    for beside in sorted(before.glob("*")):
        if beside.is_file() and beside.name != manifest.NAME and not (folder / beside.name).exists():
            shutil.copyfile(beside, folder / beside.name)


def description(folder: Path, name: str, version: str) -> manifest.Manifest:
    """Of the pack whose files are in ``folder``."""
    parts = (REGRESSOR, DETECTOR, FACE_MODEL)
    return manifest.Manifest(
        format=manifest.FORMAT,
        name=name,
        version=version,
        licence=LICENCE,
        permitted_use=USE,
        verified=True,
        source=manifest.Source("visaged/scripts/train_open", version),
        sources={},
        files={part: manifest.File(blob.sha256(folder / part), (folder / part).stat().st_size) for part in parts},
        regressor=_regressor(),
        detector=manifest.Detector(file=DETECTOR, kind="yunet", input="input"),
        face_model=manifest.FaceModel(file=FACE_MODEL, roles=ROLES),
    )


def _regressor() -> manifest.Regressor:
    return manifest.Regressor(
        file=REGRESSOR,
        input="input",
        output="params",
        size=SIZE,
        channels="bgr",
        mean=127.5,
        scale=128.0,
        width=0.5,
        layout=manifest.Layout(),
        signals="signals",
    )


if __name__ == "__main__":
    command.run(main)
