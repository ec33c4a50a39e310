"""Makes the files of a pack from originals; one function per pack of the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from visaged.models import faceboxes, manifest, mobilenet, yunet
from visaged.models.morphable_model import EXPRESSIONS, SHAPES, write_face_model

Files = Mapping[str, Path]
"""The originals by their path in upstream's repository."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a pack consists of, as ``pack.toml`` describes it."""

    regressor: manifest.Regressor | None = None
    detector: manifest.Detector | None = None
    face_model: manifest.FaceModel | None = None


def make_3ddfa_v2(files: Files, regressor: str, folder: Path) -> Parts:
    """Regressor, FaceBoxes detector and face model from a clone of 3DDFA_V2; raises ModelError."""
    width = mobilenet.export(files[f"weights/{regressor}_120x120.pth"], folder / "regressor.onnx")
    faceboxes.export(files["FaceBoxes/weights/FaceBoxesProd.pth"], folder / "detector.onnx")
    write_face_model(files, folder / "face_model.npz")
    return Parts(
        regressor=manifest.Regressor(
            file="regressor.onnx",
            input=mobilenet.INPUT,
            output=mobilenet.OUTPUT,
            size=mobilenet.SIZE,
            channels="bgr",
            mean=127.5,
            scale=128.0,
            width=width,
            layout=manifest.Layout(pose=12, shape=SHAPES, expression=EXPRESSIONS),
        ),
        detector=manifest.Detector(file="detector.onnx", kind="faceboxes", input=faceboxes.INPUT),
        face_model=manifest.FaceModel(file="face_model.npz"),
    )


def make_yunet(files: Files, _: str, folder: Path) -> Parts:
    """The YuNet detector from OpenCV Zoo's only file; raises ModelError."""
    (original,) = files.values()
    yunet.export(original, folder / "detector.onnx")
    return Parts(detector=manifest.Detector(file="detector.onnx", kind="yunet", input=yunet.INPUT))


MAKERS: dict[str, Callable[[Files, str, Path], Parts]] = {"3ddfa_v2": make_3ddfa_v2, "yunet": make_yunet}
