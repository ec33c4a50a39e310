"""Yawns: how well the opening of the mouth tells the yawning drivers of YawDD from the others (area under the ROC
curve), by what the network says and by the landmarks of the inner lips. The face is the best that the detector finds;
what a frame of a yawn shows is the folder's word for it, and some mouths in it are hardly open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from measures.formulas import area_under_curve, mouth_aspect_ratio, rounded
from measures.pictures import yawdd_pictures
from measures.subject import Subject
from visaged.values import Image

YAWNING = "yawn"


def measure(subject: Subject, data: Path) -> dict[str, Any]:
    """The area by each way that the pack has."""
    looks = [(path.parent.name == YAWNING, _openness(subject, image)) for path, image in yawdd_pictures(data)]
    yawning, found = np.array([label for label, _ in looks]), np.array([values for _, values in looks])
    result = {}
    for name, values in zip(("network", "landmarks"), found.T, strict=True):
        known = ~np.isnan(values)
        if known.any():
            area = area_under_curve(values[known & yawning], values[known & ~yawning])
            result[name] = {"auc": rounded(area), "known": rounded(known.mean())}
    return result


def _openness(subject: Subject, image: Image) -> tuple[float, float]:
    """What the network and the landmarks say; NaN where they say nothing."""
    faces = subject.vision.still().detect(image)
    if not faces:
        return np.nan, np.nan
    signals = subject.signals(image, faces[0].roi)
    return (np.nan if signals is None else signals.mouth_open), mouth_aspect_ratio(faces[0].landmarks)
