"""Step 5: the pack, from what the other steps left behind.

    python scripts/train_open/pack.py work/ detector.onnx --version 1 --out models/

Writes ``open`` there, whole or not at all.
"""

import argparse
import shutil
from pathlib import Path

import numpy as np

from visaged.models import blob
from visaged.models.install import staged
from visaged.models.manifest import FORMAT, NAME, Detector, FaceModel, File, Layout, Manifest, Regressor, Source, encode

LICENCE = (
    "Apache-2.0 (weights and face model); trained from pictures in the public domain and under CC BY 4.0, see README.md"
)
USE = "Any use that the Apache License 2.0 permits, commercial use included."
ROLES = ("lid_left", "lid_right", "jaw")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("detector", type=Path)
    parser.add_argument("--version", required=True)
    parser.add_argument("--name", default="open")
    parser.add_argument("--out", required=True, type=Path)
    given = parser.parse_args()
    with staged(given.out, given.name) as folder:
        shutil.copyfile(given.work / "regressor.onnx", folder / "regressor.onnx")
        shutil.copyfile(given.detector, folder / "detector.onnx")
        statistics = np.load(given.work / "statistics.npz")
        arrays = dict(np.load(given.work / "face_model.npz"))
        np.savez_compressed(
            folder / "face_model.npz", **arrays, param_mean=statistics["mean"], param_std=statistics["std"]
        )
        for beside in sorted((given.out / given.name).glob("*")):  # the model card and its pictures
            if not (folder / beside.name).exists() and beside.name != NAME:
                shutil.copyfile(beside, folder / beside.name)
        (folder / NAME).write_text(encode(manifest(folder, given.name, given.version)))
    print(given.out / given.name)


def manifest(folder: Path, name: str, version: str) -> Manifest:
    parts = ("regressor.onnx", "detector.onnx", "face_model.npz")
    return Manifest(
        format=FORMAT,
        name=name,
        version=version,
        licence=LICENCE,
        permitted_use=USE,
        verified=True,
        source=Source("visaged/scripts/train_open", version),
        sources={},
        files={part: File(blob.sha256(folder / part), (folder / part).stat().st_size) for part in parts},
        regressor=Regressor(
            "regressor.onnx", "input", "params", 120, "bgr", 127.5, 128.0, 0.5, Layout(), signals="signals"
        ),
        detector=Detector("detector.onnx", "yunet", "input"),
        face_model=FaceModel("face_model.npz", ROLES),
    )


if __name__ == "__main__":
    main()
