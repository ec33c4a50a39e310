"""Real snapshots of made faces, on disk."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from msgspec.structs import replace

from made.pictures import HEIGHT, WIDTH, picture
from visaged.assembly import Vision
from visaged.mqtt.payload import Stamp
from visaged.snapshots.describe import Origin
from visaged.snapshots.photographer import Photographer
from visaged.snapshots.record import PackFacts
from visaged.snapshots.request import Request
from visaged.snapshots.settings import Limits
from visaged.snapshots.store import Store
from visaged.values import Face

PACK = PackFacts(
    name="made", version="1", licence="none", permitted_use="tests", verified=False, sha256={"regressor.onnx": "00"}
)
ROOMY = Limits(max_bytes=10**9, max_count=10_000, max_age_s=0.0, min_free_bytes=0)


def found_face(vision: Vision) -> Face:
    """The face in the made picture, as if it were tracked."""
    (face,) = vision.still().detect(picture())
    return replace(face, id=3)


def request(face: Face, *, utc: float | None = None, colour: bool = False) -> Request:
    """One face of the made picture."""
    stamp = Stamp(7, "5f0c2a", time.time() if utc is None else utc, 81.4)
    return Request(stamp, WIDTH, HEIGHT, picture() if colour else None, ((face, "command"),))


def photographer(vision: Vision, *, focal_length_px: float = 0.0, **contents: bool) -> Photographer:
    """``photographer(vision, ply=True)``."""
    origin = Origin("cam", "/dev/video0", focal_length_px, PACK)
    return Photographer(vision.surface(), origin, **({"ply": False, "rgb": False} | contents))


def write_snapshot(vision: Vision, folder: Path, **options: Any) -> Path:
    """Take and write one; gives its sidecar."""
    face = found_face(vision)
    asked = request(face, colour=options.get("rgb", False))
    taken = photographer(vision, **options).take(asked, face, "command")
    files = Store(folder, ROOMY, with_parents=True).save(asked.stamp.utc, face.id, taken.parts, taken.sidecar)
    return folder / files[0]


def png_of(array: Any) -> bytes:
    """As OpenCV writes it."""
    return bytes(cv2.imencode(".png", np.asarray(array))[1])
