"""Where a head is put, and what that is in any region of the picture."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from visaged import _native
from visaged.mqtt import axes
from visaged.synthetic.placing import camera, in_region, to_image, upright

JOINT = np.array([0.0, -50e3, -80e3])
WHOLE, REGION = (0.0, 0.0, 120.0, 120.0), (200.5, 80.25, 380.5, 260.25)
POINTS = np.random.default_rng(1).normal(0, 60e3, (5, 3)).astype(np.float32)


def placed(yaw: float = 20.0, pitch: float = 10.0, roll: float = 30.0) -> np.ndarray:
    return camera(np.array(axes.rotation(yaw, pitch, roll)), 1.5e-3, JOINT, (300.0, 290.0), 120)


def seen(camera: np.ndarray, roi: tuple[float, float, float, float]) -> np.ndarray:
    """(5, 3): where the native core sees the points."""
    basis = np.zeros((POINTS.size, 1), np.float32)
    params = np.append(camera.ravel(), 0).astype(np.float32)
    return _native.LandmarkModel(POINTS.ravel(), basis).landmarks(params, roi, 120)


def test_the_joint_is_put_where_it_should_be() -> None:
    matrix = to_image(placed().ravel(), WHOLE, 120)
    assert_allclose(matrix[:, :3] @ JOINT + matrix[:, 3], [300, 290, 0], atol=1e-3)


def test_the_native_core_finds_the_angles_in_the_pose() -> None:
    *_, angles, scale, distortion = _native.pose(placed().ravel())
    assert angles == pytest.approx((20, 10, 30), abs=1e-3)
    assert scale == pytest.approx(1.5e-3, rel=1e-5)
    assert distortion < 1e-5


def test_the_head_is_where_it_was_in_whatever_region_it_is_described() -> None:
    assert_allclose(seen(in_region(placed(), REGION, 120), REGION), seen(placed(), WHOLE), atol=1e-2)


@pytest.mark.parametrize("roi", [WHOLE, REGION])
def test_the_way_to_the_image_is_that_of_the_native_core(roi: tuple[float, float, float, float]) -> None:
    matrix = to_image(placed().ravel(), roi, 120)
    assert_allclose(POINTS @ matrix[:, :3].T + matrix[:, 3], seen(placed(), roi), atol=1e-2)


def test_what_stays_upright_has_the_same_size_and_joint() -> None:
    head = to_image(placed().ravel(), WHOLE, 120)
    body = upright(head, JOINT)
    assert_allclose(body[:, :3], 1.5e-3 * np.diag([1, -1, 1]), atol=1e-8)
    assert_allclose(body[:, :3] @ JOINT + body[:, 3], head[:, :3] @ JOINT + head[:, 3], atol=1e-3)
