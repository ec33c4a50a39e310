"""The raw border of ``pose``, and its accuracy on AFLW2000-3D."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from visaged._native import pose


def camera(matrix: NDArray[np.float64] | list[list[float]]) -> NDArray[np.float32]:
    """The first 12 parameters, with some translation."""
    return np.hstack([np.asarray(matrix, np.float64), [[60.0], [70.0], [-9.0]]]).astype(np.float32).ravel()


def composed(yaw: float, pitch: float, roll: float) -> NDArray[np.float64]:
    """Rx(pitch) Ry(yaw) Rz(roll) of AFLW2000-3D, degrees."""
    cp, cy, cr = np.cos(np.radians([pitch, yaw, roll]))
    sp, sy, sr = np.sin(np.radians([pitch, yaw, roll]))
    about_x = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    about_y = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    about_z = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
    rotation: NDArray[np.float64] = about_x @ about_y @ about_z
    return rotation


def of_quaternion(quaternion: tuple[float, float, float, float]) -> NDArray[np.float64]:
    w, x, y, z = quaternion
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    rotation: NDArray[np.float64] = np.eye(3) + 2 * w * cross + 2 * cross @ cross
    return rotation


@given(yaw=st.floats(-89, 89), pitch=st.floats(-179, 179), roll=st.floats(-179, 179), scale=st.floats(1e-5, 1e3))
def test_angles_and_scale_come_back(yaw: float, pitch: float, roll: float, scale: float) -> None:
    rotation, quaternion, angles, found_scale, distortion = pose(camera(scale * composed(yaw, pitch, roll)))
    assert (yaw, pitch, roll) == pytest.approx(angles, abs=1e-3)
    assert composed(yaw, pitch, roll) == pytest.approx(rotation, abs=1e-6)
    assert of_quaternion(quaternion) == pytest.approx(rotation, abs=1e-6)
    assert quaternion[0] >= 0
    assert scale == pytest.approx(found_scale, rel=1e-6)
    assert 0 <= distortion < 1e-5


numbers = st.floats(width=32)


@given(values=st.lists(numbers, min_size=12, max_size=12))
def test_any_parameters_give_a_rotation_or_an_unknown_pose(values: list[float]) -> None:
    rotation, quaternion, angles, scale, distortion = pose(np.array(values, np.float32))
    if math.isnan(scale):
        assert np.isnan(rotation).all()
        assert np.isnan(quaternion).all()
        assert np.isnan(angles).all()
        assert distortion == math.inf
    else:
        assert np.eye(3) == pytest.approx(rotation @ rotation.T, abs=1e-5)
        assert of_quaternion(quaternion) == pytest.approx(rotation, abs=1e-6)
        assert composed(*angles) == pytest.approx(rotation, abs=1e-5)


@pytest.mark.parametrize(
    "matrix",
    [
        [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
        [[1, 0, 0], [0, 1, 0], [0, 0, -1]],
        [[1, 2, 3], [2, 4, 6], [0, 0, 1]],
        [[math.nan, 0, 0], [0, 1, 0], [0, 0, 1]],
        [[math.inf, 0, 0], [0, 1, 0], [0, 0, 1]],
    ],
    ids=["zero", "mirrored", "singular", "NaN", "infinite"],
)
def test_a_matrix_without_a_rotation_gives_an_unknown_pose(matrix: list[list[float]]) -> None:
    rotation, quaternion, angles, scale, distortion = pose(camera(matrix))
    assert np.isnan(rotation).all()
    assert np.isnan([*quaternion, *angles, scale]).all()
    assert distortion == math.inf


def test_the_types_are_plain() -> None:
    rotation, quaternion, angles, scale, distortion = pose(camera(np.eye(3)))
    assert rotation.dtype == np.float32
    assert rotation.shape == (3, 3)
    assert [float] * 9 == [type(value) for value in (*quaternion, *angles, scale, distortion)]


@pytest.mark.parametrize(
    "params",
    [np.zeros(11, np.float32), np.zeros(12), np.zeros(24, np.float32)[::2], np.zeros((3, 4), np.float32)],
    ids=["short", "double", "strided", "two dimensions"],
)
def test_parameters_of_the_wrong_kind_are_a_value_error(params: NDArray[np.float32]) -> None:
    with pytest.raises(ValueError, match="params must be"):
        pose(params)


def test_a_list_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        pose([0.0] * 12)  # type: ignore[arg-type]  # that is the point


@pytest.mark.needs_shared
def test_pose_error_on_aflw2000_is_as_published(shared: Path) -> None:
    params = np.load(shared / "eval/aflw2000/upstream_mb05_params.npz")["params"]
    truth = np.degrees(np.load(shared / "eval/aflw2000/groundtruth.npz")["pose_para_rad"])
    usable = (np.abs(truth) <= 99).all(axis=1)
    yaw_pitch_roll = np.array([pose(row)[2] for row in params[usable]])
    assert usable.sum() == 985
    assert np.abs(truth[usable] - yaw_pitch_roll[:, [1, 0, 2]]).mean() == pytest.approx(3.861, abs=0.001)
