"""Errors by group on AFLW2000-3D, as far as its pictures tell groups: nobody has said who is in them.

``yaw`` and ``pitch`` are true angles in degrees. The others are of faces within 30 degrees of yaw, so that they do not
show what turning does: ``size`` (the side of the face's region in pixels) and ``brightness`` (mean grey level of the
face) by thirds, ``lightness`` of the skin by the individual typology angle of the nearer cheek, arctan((L* - 50) / b*)
(Chardon et al., 1991). That is an estimate from one picture: lamps and cameras move it as much as skin does. Pictures
without colour are a group of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from measures.aflw2000 import Truth, fits_of, gathered, landmark_errors, pose_errors, read_truth
from measures.formulas import INNER, mean_of_known, rounded
from measures.pictures import aflw2000_faces
from measures.regions import SeenFace
from measures.subject import Subject

YAWS = range(-90, 91, 15)
FRONTAL = 30
PITCHES = (-99, -20, -10, 10, 20, 99)
TYPOLOGY_ANGLES = {"dark": -90.0, "tan": 10.0, "intermediate": 28.0, "light": 41.0}
"""Where each group begins, degrees; brown and dark skin are one group here."""

CHEEKS = ((41, 31, 48, 3), (46, 35, 54, 13))
"""Around the middle of the person's right and left cheek."""

CHEEK_SIZE = 0.06
"""Radius of the patch of skin, in sides of the face's region."""

LEAST_CHROMA = 4.0
"""Mean distance from grey, in CIELAB, below which a picture has no colour."""


def measure(subject: Subject, data: Path) -> dict[str, Any]:
    """By attribute and group: how many faces, and their mean errors."""
    truth = read_truth(data)
    estimates = gathered(fits_of(subject.vision, truth))
    errors = {"nme_inner": landmark_errors(truth, estimates, INNER), "geodesic": pose_errors(truth, estimates)}
    looks = list(_looks(truth))
    brightness, lightness = np.array([grey for grey, _ in looks]), np.array([group for _, group in looks])
    frontal = np.abs(truth.yaw) <= FRONTAL
    groups = {
        "yaw": _between(truth.yaw, YAWS),
        "pitch": _between(truth.angles[:, 0], PITCHES),
        "size": _thirds(truth.regions[:, 2] - truth.regions[:, 0], frontal),
        "brightness": _thirds(brightness, frontal),
        "lightness": {name: frontal & (lightness == name) for name in (*TYPOLOGY_ANGLES, "no_colour")},
    }
    return {name: {key: _means(errors, who) for key, who in of.items()} for name, of in groups.items()}


def _means(errors: dict[str, np.ndarray], who: np.ndarray) -> dict[str, Any]:
    return {"faces": int(who.sum())} | {name: rounded(mean_of_known(values[who]), 3) for name, values in errors.items()}


def _between(values: np.ndarray, limits: Sequence[int]) -> dict[str, np.ndarray]:
    return {f"{low}_to_{high}": (values > low) & (values <= high) for low, high in pairwise(limits)}


def _thirds(values: np.ndarray, among: np.ndarray) -> dict[str, np.ndarray]:
    low, high = np.quantile(values[among], (1 / 3, 2 / 3))
    return {
        f"up_to_{low:.0f}": among & (values <= low),
        f"up_to_{high:.0f}": among & (values > low) & (values <= high),
        f"above_{high:.0f}": among & (values > high),
    }


def _looks(truth: Truth) -> Iterator[tuple[float, str]]:
    """The mean grey level of each face, and the group of its skin."""
    for face, points in zip(aflw2000_faces(truth), truth.points, strict=True):
        yield _brightness(face), _lightness(face, points)


def _brightness(face: SeenFace) -> float:
    left, top, right, bottom = (max(0, round(v)) for v in face.box)
    return float(cv2.cvtColor(face.image[top:bottom, left:right], cv2.COLOR_BGR2GRAY).mean())


def _lightness(face: SeenFace, points: np.ndarray) -> str:
    left, top, right, bottom = (max(0, round(v)) for v in face.box)
    lab = cv2.cvtColor(face.image.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    if np.linalg.norm(lab[top:bottom, left:right, 1:], axis=2).mean() < LEAST_CHROMA:
        return "no_colour"
    light, _, yellow = np.median(lab[_cheek(face, points)], axis=0)
    angle = np.degrees(np.arctan2(light - 50, max(float(yellow), 1e-3)))
    return [name for name, begin in TYPOLOGY_ANGLES.items() if angle >= begin][-1]


def _cheek(face: SeenFace, points: np.ndarray) -> np.ndarray:
    """Where the nearer cheek is (height, width): the one that is farther from the nose."""
    middles = [points[list(around)].mean(axis=0) for around in CHEEKS]
    middle = max(middles, key=lambda m: float(np.linalg.norm(m - points[30])))
    radius = max(2, round(CHEEK_SIZE * (face.region[2] - face.region[0])))
    mask = np.zeros(face.image.shape[:2], np.uint8)
    cv2.circle(mask, (round(float(middle[0])), round(float(middle[1]))), radius, 1, -1)
    chosen: np.ndarray = mask > 0
    return chosen
