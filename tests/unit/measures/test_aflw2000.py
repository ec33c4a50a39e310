"""The figures of AFLW2000-3D, on made faces whose errors are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from measures.aflw2000 import Estimates, Truth, figures
from measures.formulas import rotation

YAWS = (0.0, -10.0, 40.0, 70.0)
BEYOND = 120.0
"""A pitch that is not judged."""


@pytest.fixture
def truth() -> Truth:
    """Four faces in boxes of 50 x 50 pixels; the pose of the last does not count."""
    points = np.full((4, 68, 2), 150.0)
    points[:, 0], points[:, 1] = (125, 125), (175, 175)
    regions = np.tile((100.0, 100.0, 220.0, 220.0), (4, 1))
    angles = np.array([(0.0, yaw, 0.0) for yaw in YAWS])
    angles[3, 0] = BEYOND
    return Truth(Path(), list("abcd"), points, regions, np.array(YAWS), angles)


def _off(truth: Truth, pixels: float, degrees: float) -> Estimates:
    """Landmarks so far to the right, yaw so far off."""
    angles = truth.angles + np.array((0.0, degrees, 0.0))
    rotations = np.array([rotation(*np.radians(three)) for three in angles])
    return Estimates(truth.points - 100 + np.array((pixels, 0.0)), angles, rotations)


def test_perfect_estimates_have_no_error(truth: Truth) -> None:
    found = figures(truth, _off(truth, 0.0, 0.0))
    assert found["nme"] == {"0_30": 0.0, "30_60": 0.0, "60_90": 0.0, "mean_of_bins": 0.0}
    assert found["geodesic"]["all"] == pytest.approx(0.0, abs=0.001)
    assert found["pose_mae"] == {"pitch": 0.0, "yaw": 0.0, "roll": 0.0, "mean": 0.0}


def test_a_constant_error_shows_in_every_bin_and_its_sign_in_the_bias(truth: Truth) -> None:
    found = figures(truth, _off(truth, 1.0, -6.0))
    assert found["nme"]["0_30"] == found["nme_inner"]["60_90"] == 2.0
    assert found["pose_mae"] == {"pitch": 0.0, "yaw": 6.0, "roll": 0.0, "mean": 2.0}
    assert found["bias"]["yaw"] == -6.0
    assert found["geodesic"]["0_30"] == found["geodesic"]["all"] == 6.0


def test_a_pose_beyond_99_degrees_does_not_count_but_its_landmarks_do(truth: Truth) -> None:
    estimates = _off(truth, 0.0, 0.0)
    estimates.landmarks[3] += 1.0
    estimates.angles[3] += 50.0
    found = figures(truth, estimates)
    assert found["pose_mae"]["mean"] == 0.0
    assert found["geodesic"]["60_90"] is None
    assert found["nme"]["60_90"] > 0.0
