"""Whether the network knows which eyes it sees, on the crops of AFLW2000-3D.

``seen``: the share of eyes that it says it sees: of faces within 30 degrees of yaw, of the nearer and the farther eye
beyond, and of eyes within 30 degrees that are covered by a patch of any colour, and their uncovered fellows. ``auc``:
how well it tells eyes within 30 degrees from the farther ones beyond 60, and from the covered ones.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from measures.aflw2000 import CROP, YAW_BINS, Truth, read_truth
from measures.formulas import EYES, area_under_curve, rounded
from measures.subject import Subject
from visaged.values import Image
from visaged.vision.openness import SEEN

PATCH = 1.5
"""The side of a patch in distances between the corners of the larger eye."""

RIGHT, LEFT = 0, 1


def measure(subject: Subject, data: Path) -> dict[str, Any]:
    """The shares and areas; nothing where the network has no signals."""
    if not subject.has_signals:
        return {}
    truth = read_truth(data)
    corners, sides = truth.regions[:, None, :2], (truth.regions[:, 2:] - truth.regions[:, :2])[:, None]
    points = (truth.points - corners) / sides * CROP[2]
    sight = np.array([_sight(subject, image) for image in truth.crops()])
    frontal, farther = np.abs(truth.yaw) <= YAW_BINS["0_30"][1], _farther_eye(truth)
    random = np.random.default_rng(0)
    covered = np.array(
        [
            _sight(subject, _covered(image, shape, RIGHT, random))
            for image, shape in zip(truth.crops(), points, strict=True)
        ]
    )
    return _figures(sight, covered[frontal], np.abs(truth.yaw), farther)


def _figures(sight: np.ndarray, covered: np.ndarray, yaw: np.ndarray, farther: np.ndarray) -> dict[str, Any]:
    rows = np.arange(len(sight))
    beyond = {name: (yaw > low) & (yaw <= high) for name, (low, high) in YAW_BINS.items()}
    usual = sight[beyond["0_30"]].ravel()
    hidden = sight[rows, farther][beyond["60_90"]]
    kinds = {"0_30": usual, "covered": covered[:, RIGHT], "beside_covered": covered[:, LEFT]}
    for name in ("30_60", "60_90"):
        kinds[f"nearer_{name}"] = sight[rows, 1 - farther][beyond[name]]
        kinds[f"farther_{name}"] = sight[rows, farther][beyond[name]]
    areas = {"farther_60_90": area_under_curve(usual, hidden), "covered": area_under_curve(usual, covered[:, RIGHT])}
    return {
        "seen": {name: rounded((values >= SEEN).mean()) for name, values in kinds.items()},
        "auc": {name: rounded(area) for name, area in areas.items()},
    }


def _sight(subject: Subject, image: Image) -> tuple[float, float]:
    """How far the network sees the person's right and left eye."""
    signals = subject.signals(image, CROP)
    assert signals is not None
    left, right = signals.eye_seen
    return right, left


def _farther_eye(truth: Truth) -> np.ndarray:
    """Which eye is turned away (n,): a head that turns to its own right shows less of the right one."""
    return np.where(truth.yaw > 0, RIGHT, LEFT)


def _covered(image: Image, points: np.ndarray, eye: int, random: np.random.Generator) -> Image:
    """The picture with a patch over one eye."""
    x, y = points[EYES[eye] : EYES[eye] + 6].mean(axis=0)
    half = PATCH / 2 * max(np.linalg.norm(points[first] - points[first + 3]) for first in EYES)
    left, top, right, bottom = (round(max(0.0, v)) for v in (x - half, y - half, x + half, y + half))
    changed: Image = image.copy()
    changed[top:bottom, left:right] = random.integers(0, 256, 3)
    return changed
