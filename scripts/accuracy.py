"""Accuracy on AFLW2000-3D, as one JSON object: landmarks, pose, and what the confidence is worth.

The folder holds ``groundtruth.npz`` and ``crops/`` (120x120, fed to the network as they are). NME: mean distance of the
68 landmarks to ``pts68``, over the square root of the area of their bounding box, in percent; averaged within three
bins of yaw, then over the bins. Pose: mean absolute error of pitch, yaw and roll in degrees, where the truth lies
within 99 degrees. With ``--params`` the parameters come from a file instead of the network.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from visaged.assembly import Vision, open_vision
from visaged.config import load
from visaged.models import face_arrays
from visaged.sources.picture import read_picture
from visaged.values import Box
from visaged.vision.candidates import Presence
from visaged.vision.face_model import Fit, open_face_model

CROP: Box = (0.0, 0.0, 120.0, 120.0)
YAW_BINS = ((-1, 30), (30, 60), (60, 90))
LARGEST_ANGLE = 99.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--params", type=Path, help="npz file with `params` (n, 62), de-normalised, a row for each crop"
    )
    parser.add_argument("--set", action="append", default=[], dest="sets", metavar="KEY=VALUE")
    args = parser.parse_args()
    vision = open_vision(load(None, args.sets).config)
    truth = np.load(args.folder / "groundtruth.npz")
    if args.params is not None:
        fits = list(_fits_of(vision, np.load(args.params)["params"]))
        print(json.dumps(_figures(fits, truth)))
        return
    looks = list(_looks(vision, args.folder / "crops", truth["names"]))
    fits = [fit for fit, _ in looks]
    print(json.dumps({**_figures(fits, truth), **_confidence_figures(fits, np.array([ok for _, ok in looks]), truth)}))


def _looks(vision: Vision, crops: Path, names: Any) -> Iterator[tuple[Fit, bool]]:
    """The network's fit to each crop, and whether it is believed."""
    for name in names:
        image = read_picture(crops / f"{Path(str(name)).stem}.jpg")
        look = vision.judge.verify(image, vision.judge.look(image, CROP, Presence(0.0)), both_ways_up=True)
        yield look.fit, vision.judge.reason(image, look) is None


def _fits_of(vision: Vision, params: np.ndarray) -> Iterator[Fit]:
    arrays = face_arrays(vision.pack, ("param_mean", "param_std"))
    model = open_face_model(vision.pack)
    for row in params:
        yield model.fit((row - arrays["param_mean"]) / arrays["param_std"], CROP)


def _figures(fits: list[Fit], truth: Any) -> dict[str, Any]:
    errors, yaw = _landmark_errors(fits, truth), np.abs(truth["yaw_deg"])
    bins = [float(errors[(yaw > low) & (yaw <= high)].mean()) for low, high in YAW_BINS]
    angles = np.degrees(truth["pose_para_rad"])
    usable = (np.abs(angles) <= LARGEST_ANGLE).all(axis=1)
    found = np.array([(fit.pose.pitch, fit.pose.yaw, fit.pose.roll) for fit in fits])
    pitch_yaw_roll = np.abs(found - angles)[usable].mean(axis=0)
    return {
        "crops": len(fits),
        "nme_by_yaw": [round(value, 3) for value in bins],
        "nme": round(float(np.mean(bins)), 4),
        "pose_mae": dict(zip(("pitch", "yaw", "roll"), pitch_yaw_roll.round(3).tolist(), strict=True)),
        "pose_mae_mean": round(float(pitch_yaw_roll.mean()), 4),
    }


def _confidence_figures(fits: list[Fit], believed: np.ndarray, truth: Any) -> dict[str, Any]:
    errors = _landmark_errors(fits, truth)
    return {
        "valid": round(float(believed.mean()), 4),
        "nme_of_valid": round(float(errors[believed].mean()), 3),
        "nme_of_others": round(float(errors[~believed].mean()), 3) if not believed.all() else None,
    }


def _landmark_errors(fits: list[Fit], truth: Any) -> np.ndarray:
    """Percent of the face's size, for each crop."""
    corner, scale = truth["roi_box"][:, None, :2], (truth["roi_box"][:, 2:] - truth["roi_box"][:, :2])[:, None] / 120
    found = np.array([fit.landmarks[:, :2] for fit in fits]) * scale + corner
    points = truth["pts68"][:, :2].transpose(0, 2, 1)
    size = np.sqrt(np.prod(points.max(axis=1) - points.min(axis=1), axis=1))
    errors: np.ndarray = np.linalg.norm(found - points, axis=2).mean(axis=1) / size * 100
    return errors


if __name__ == "__main__":
    main()
