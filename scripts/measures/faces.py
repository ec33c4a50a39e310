"""Finding faces: in pictures that show one, and in pictures that show none.

``yawdd``: the share of drivers' pictures in which the detector finds a face (``found``), in which one is judged valid
(``valid``), and how many it finds in a picture. ``aflw2000``: the share of faces with a detection over the true
landmarks' box (intersection over union of 0.3 or more), by yaw.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from measures.aflw2000 import YAW_BINS, read_truth
from measures.pictures import aflw2000_faces, yawdd_pictures
from measures.subject import Subject
from visaged.assembly import Vision
from visaged.values import Box, Image, Picture
from visaged.vision.boxes import SAME_FACE, intersection_over_union


def measure(subject: Subject, data: Path) -> dict[str, Any]:
    """The figures of both sets."""
    images = [image for _, image in yawdd_pictures(data)]
    return {"yawdd": found_in(subject.vision, images), "aflw2000": _over_landmarks(subject.vision, data)}


def found_in(vision: Vision, images: list[Image]) -> dict[str, Any]:
    """In what share of the pictures a face is found, and a valid one."""
    still = vision.still()
    faces = [still.detect(image) for image in images]
    return {
        "pictures": len(images),
        "found": _share([bool(found) for found in faces]),
        "valid": _share([any(face.valid for face in found) for found in faces]),
        "faces_per_picture": _share([len(found) for found in faces]),
    }


def _over_landmarks(vision: Vision, data: Path) -> dict[str, float]:
    truth = read_truth(data)
    found = np.array(
        [
            any(intersection_over_union(box, face.box) >= SAME_FACE for box in _boxes(vision, face.image))
            for face in aflw2000_faces(truth)
        ]
    )
    yaw = np.abs(truth.yaw)
    bins = {name: _share(found[(yaw > low) & (yaw <= high)]) for name, (low, high) in YAW_BINS.items()}
    return bins | {"all": _share(found)}


def _boxes(vision: Vision, image: Image) -> list[Box]:
    return [found.box for found in vision.detector.detect(Picture(image))]


def _share(values: Any) -> float:
    return round(float(np.mean(values)), 4)
