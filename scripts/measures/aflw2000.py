"""Landmarks and pose on AFLW2000-3D, and what the confidence is worth.

The folder ``aflw2000`` holds ``groundtruth.npz`` and ``crops/`` (120x120, fed to the network as they are). Landmarks
are mapped to the picture with ``roi_box``. Pose counts where the three true angles lie within 99 degrees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from measures.formulas import INNER, geodesic_degrees, mean_of_known, nme, rotation, rounded
from measures.subject import Subject
from visaged.assembly import Vision
from visaged.models import face_arrays
from visaged.sources.picture import read_picture
from visaged.values import Box, Image, Picture
from visaged.vision.candidates import Presence
from visaged.vision.face_model import Fit

CROP: Box = (0.0, 0.0, 120.0, 120.0)
YAW_BINS = {"0_30": (-1, 30), "30_60": (30, 60), "60_90": (60, 90)}
LARGEST_ANGLE = 99.0
ANGLES = ("pitch", "yaw", "roll")


@dataclass(frozen=True)
class Truth:
    """What is known of the n faces: ``points`` (n, 68, 2) pixels of the picture, ``regions`` (n, 4) what was cropped,
    ``yaw`` (n,) degrees, ``angles`` (n, 3) pitch, yaw and roll in degrees."""

    folder: Path
    names: list[str]
    points: np.ndarray
    regions: np.ndarray
    yaw: np.ndarray
    angles: np.ndarray

    @cached_property
    def rotations(self) -> np.ndarray:
        """The true rotations (n, 3, 3)."""
        return np.array([rotation(*np.radians(angles)) for angles in self.angles])

    @property
    def has_pose(self) -> np.ndarray:
        """Where the pose counts (n,)."""
        within: np.ndarray = (np.abs(self.angles) <= LARGEST_ANGLE).all(axis=1)
        return within

    def crops(self) -> Iterator[Image]:
        """What the network eats."""
        for name in self.names:
            yield read_picture(self.folder / "crops" / f"{name}.jpg")


@dataclass(frozen=True)
class Estimates:
    """What was found on the n faces: ``landmarks`` (n, 68, 2) pixels of the crop, ``angles`` (n, 3) degrees,
    ``rotations`` (n, 3, 3)."""

    landmarks: np.ndarray
    angles: np.ndarray
    rotations: np.ndarray


def read_truth(data: Path) -> Truth:
    """The ground truth beside the crops, in the folder of all data for evaluation."""
    folder = data / "aflw2000"
    arrays = np.load(folder / "groundtruth.npz")
    return Truth(
        folder,
        [Path(str(name)).stem for name in arrays["names"]],
        arrays["pts68"][:, :2].transpose(0, 2, 1),
        arrays["roi_box"],
        arrays["yaw_deg"],
        np.degrees(arrays["pose_para_rad"]),
    )


def measure(subject: Subject, data: Path) -> dict[str, Any]:
    """The errors, by yaw and together, and how much larger they are where the confidence is low."""
    truth = read_truth(data)
    fits, believed = zip(*_looks(subject.vision, truth), strict=True)
    estimates = gathered(fits)
    return {**figures(truth, estimates), "confidence": _worth(landmark_errors(truth, estimates), np.array(believed))}


def measure_given(vision: Vision, params: np.ndarray, data: Path) -> dict[str, Any]:
    """The errors of de-normalised parameters (n, 62), a row for each crop."""
    arrays = face_arrays(vision.pack, ("param_mean", "param_std"))
    fits = [vision.face_model.fit((row - arrays["param_mean"]) / arrays["param_std"], CROP) for row in params]
    return figures(read_truth(data), gathered(fits))


def fits_of(vision: Vision, truth: Truth) -> Iterator[Fit]:
    """The network's fit to each crop."""
    return (vision.judge.look(Picture(image), CROP, Presence(0.0)).fit for image in truth.crops())


def gathered(fits: Iterable[Fit]) -> Estimates:
    """What the measures need of the fits to the crops."""
    fits = list(fits)
    return Estimates(
        np.array([fit.landmarks[:, :2] for fit in fits]),
        np.array([(fit.pose.pitch, fit.pose.yaw, fit.pose.roll) for fit in fits]),
        np.array([fit.pose.rotation for fit in fits]),
    )


def landmark_errors(truth: Truth, estimates: Estimates, which: slice = slice(None)) -> np.ndarray:
    """The NME of each face (n,), percent."""
    corners, sides = truth.regions[:, None, :2], (truth.regions[:, 2:] - truth.regions[:, :2])[:, None]
    return nme(estimates.landmarks * sides / CROP[2] + corners, truth.points, which)


def pose_errors(truth: Truth, estimates: Estimates) -> np.ndarray:
    """The geodesic error of each face (n,), degrees; NaN where the pose does not count."""
    errors = geodesic_degrees(estimates.rotations, truth.rotations)
    return np.where(truth.has_pose, errors, np.nan)


def figures(truth: Truth, estimates: Estimates) -> dict[str, Any]:
    """All errors. ``bias``: the mean of what is found less what is true, degrees."""
    yaw, counts = np.abs(truth.yaw), truth.has_pose
    chosen = {name: (yaw > low) & (yaw <= high) for name, (low, high) in YAW_BINS.items()}
    all_points, inner = landmark_errors(truth, estimates), landmark_errors(truth, estimates, INNER)
    geodesic, off = pose_errors(truth, estimates), estimates.angles - truth.angles
    result = {
        "crops": len(yaw),
        "nme": _by_bin(all_points, chosen),
        "nme_inner": _by_bin(inner, chosen),
        "geodesic": _by_bin(geodesic, chosen) | {"all": rounded(mean_of_known(geodesic), 3)},
        "pose_mae": _angles(np.abs(off)[counts]),
        "bias": _angles(off[counts]),
    }
    result["pose_mae_by_yaw"] = {name: _angles(np.abs(off)[counts & which]) for name, which in chosen.items()}
    return result


def _looks(vision: Vision, truth: Truth) -> Iterator[tuple[Fit, bool]]:
    """The network's fit to each crop, and whether it is believed."""
    for image in truth.crops():
        picture = Picture(image)
        look = vision.judge.verify(picture, vision.judge.look(picture, CROP, Presence(0.0)), both_ways_up=True)
        yield look.fit, vision.judge.reason(picture, look) is None


def _worth(errors: np.ndarray, believed: np.ndarray) -> dict[str, Any]:
    return {
        "valid": rounded(believed.mean()),
        "nme_of_valid": rounded(mean_of_known(errors[believed]), 3),
        "nme_of_others": rounded(mean_of_known(errors[~believed]), 3),
    }


def _by_bin(errors: np.ndarray, chosen: dict[str, np.ndarray]) -> dict[str, float | None]:
    """The mean in each bin, and the mean of these."""
    means = np.array([mean_of_known(errors[which]) for which in chosen.values()])
    named = dict(zip(chosen, means, strict=True)) | {"mean_of_bins": means.mean()}
    return {name: rounded(mean, 3) for name, mean in named.items()}


def _angles(values: np.ndarray) -> dict[str, float | None]:
    means = mean_of_known(values, axis=0)
    named = {name: rounded(mean, 3) for name, mean in zip(ANGLES, means, strict=True)}
    return named | {"mean": rounded(means.mean())}
