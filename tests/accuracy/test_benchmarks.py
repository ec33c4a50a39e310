"""The figures of the literature, by the protocols of ../shared/README.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from visaged.models import face_arrays
from visaged.sources.picture import read_picture
from visaged.values import Face, Pose
from visaged.vision.assembly import Vision
from visaged.vision.face_model import Fit, open_face_model

pytestmark = pytest.mark.needs_shared

CROP = (0.0, 0.0, 120.0, 120.0)
YAW_BINS = ((-1, 30), (30, 60), (60, 90))


@pytest.fixture(scope="module")
def truth(shared: Path) -> Any:
    return np.load(shared / "eval/aflw2000/groundtruth.npz")


@pytest.fixture(scope="module")
def faces(shared: Path, truth: Any, yunet_vision: Vision) -> list[Face]:
    crops = shared / "eval/aflw2000/crops"
    still = yunet_vision.still()
    return [still.at_rois(read_picture(crops / f"{Path(str(name)).stem}.jpg"), [CROP])[0] for name in truth["names"]]


@pytest.fixture(scope="module")
def upstream_fits(shared: Path, yunet_vision: Vision) -> list[Fit]:
    """What the parameters that upstream's own code regressed from the same crops describe."""
    arrays = face_arrays(yunet_vision.pack, ("param_mean", "param_std"))
    params = np.load(shared / "eval/aflw2000/upstream_mb05_params.npz")["params"]
    model = open_face_model(yunet_vision.pack)
    return [model.fit((row - arrays["param_mean"]) / arrays["param_std"], CROP) for row in params]


def test_nme_on_aflw2000_is_that_of_upstreams_parameters(
    faces: list[Face], upstream_fits: list[Fit], truth: Any
) -> None:
    expected = _nme([fit.landmarks for fit in upstream_fits], truth)
    assert expected < 4.0
    assert _nme([face.landmarks for face in faces], truth) == pytest.approx(expected, abs=0.01)


def test_pose_error_on_aflw2000_is_that_of_upstreams_parameters(
    faces: list[Face], upstream_fits: list[Fit], truth: Any
) -> None:
    expected = _pose_error([fit.pose for fit in upstream_fits], truth)
    assert expected < 4.0
    assert _pose_error([face.pose for face in faces], truth) == pytest.approx(expected, abs=0.01)


def test_every_driver_of_yawdd_is_found(shared: Path, yunet_vision: Vision) -> None:
    pictures = sorted((shared / "eval/yawdd").glob("*/*.jpg"))
    missed = [path.name for path in pictures if not yunet_vision.detector.detect(read_picture(path))]
    assert len(pictures) == 200
    assert missed == []


def _nme(crop_landmarks: list[np.ndarray], truth: Any) -> float:
    """Mean over the yaw bins of the mean distance, in percent of the square root of the face's bounding box."""
    scale = (truth["roi_box"][:, 2:] - truth["roi_box"][:, :2])[:, None] / 120
    found = np.array(crop_landmarks)[:, :, :2] * scale + truth["roi_box"][:, None, :2]
    points = truth["pts68"][:, :2].transpose(0, 2, 1)
    size = np.sqrt(np.prod(points.max(axis=1) - points.min(axis=1), axis=1))
    errors = np.linalg.norm(found - points, axis=2).mean(axis=1) / size * 100
    yaw = np.abs(truth["yaw_deg"])
    return float(np.mean([errors[(yaw > low) & (yaw <= high)].mean() for low, high in YAW_BINS]))


def _pose_error(poses: list[Pose], truth: Any) -> float:
    """Mean absolute error of pitch, yaw and roll in degrees, where the truth is within 99 degrees."""
    angles = np.degrees(truth["pose_para_rad"])
    usable = (np.abs(angles) <= 99).all(axis=1)
    found = np.array([(pose.pitch, pose.yaw, pose.roll) for pose in poses])
    return float(np.abs(found - angles)[usable].mean())
