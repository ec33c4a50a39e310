"""The raw border of ``LandmarkModel``, and its agreement with upstream's landmarks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from visaged._native import LandmarkModel

IDENTITY = np.array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0], np.float32)


def two_points() -> LandmarkModel:
    """One column, which moves the second point along x."""
    mean = np.array([11, 110, 5, 61, 60, 1], np.float32)
    return LandmarkModel(mean, np.array([[0], [0], [0], [1], [0], [0]], np.float32))


def test_points_go_from_the_crop_to_the_image() -> None:
    params = np.append(IDENTITY, np.float32(10))
    expected = np.array([[10 * 2 + 100, 10 * 2 + 50, 8], [70 * 2 + 100, 60 * 2 + 50, 0]], np.float32)
    assert np.array_equal(expected, two_points().landmarks(params, (100, 50, 340, 290)))


def test_the_model_is_a_copy() -> None:
    mean, basis = np.ones(3, np.float32), np.ones((3, 1), np.float32)
    model = LandmarkModel(mean, basis)
    params = np.append(IDENTITY, np.float32(1))
    before = model.landmarks(params, (0, 0, 120, 120))
    mean[:], basis[:] = 9, 9
    assert np.array_equal(before, model.landmarks(params, (0, 0, 120, 120)))


def test_numbers_that_are_not_finite_pass_through() -> None:
    assert np.isnan(two_points().landmarks(np.full(13, np.nan, np.float32), (0, 0, 9, 9))).all()


WRONG_PARAMETERS: dict[str, NDArray[Any]] = {
    "short": np.zeros(12, np.float32),
    "long": np.zeros(14, np.float32),
    "double": np.zeros(13, np.float64),
    "strided": np.zeros(26, np.float32)[::2],
    "two dimensions": np.zeros((1, 13), np.float32),
}


@pytest.mark.parametrize("kind", WRONG_PARAMETERS)
def test_parameters_of_the_wrong_kind_are_a_value_error(kind: str) -> None:
    with pytest.raises(ValueError, match="params must be"):
        two_points().landmarks(WRONG_PARAMETERS[kind], (0, 0, 9, 9))


def test_a_size_of_zero_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="size"):
        two_points().landmarks(np.zeros(13, np.float32), (0, 0, 9, 9), size=0)


@pytest.mark.parametrize(
    ("mean", "basis"),
    [
        (np.zeros(4, np.float32), np.zeros((4, 1), np.float32)),
        (np.zeros(3, np.float32), np.zeros((6, 1), np.float32)),
        (np.zeros(3), np.zeros((3, 1), np.float32)),
        (np.zeros(3, np.float32), np.zeros((1, 3), np.float32).repeat(2, 0).T),
        (np.zeros(0, np.float32), np.zeros((0, 1), np.float32)),
        (np.zeros(3, np.float32), np.zeros((3, 0), np.float32)),
    ],
    ids=["no whole points", "rows differ", "double", "column-major", "no points", "no columns"],
)
def test_a_model_that_does_not_fit_together_is_a_value_error(
    mean: NDArray[np.float32], basis: NDArray[np.float32]
) -> None:
    with pytest.raises(ValueError, match=r"mean|basis|at least one"):
        LandmarkModel(mean, basis)


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", ["JianzhuGuo", "emma", "trump_hillary", "obama_video", "cap12_video"])
def test_landmarks_are_upstreams(name: str, shared: Path, upstream_landmarks: LandmarkModel) -> None:
    golden = np.load(shared / f"golden/{name}.npz")
    for params, roi, expected in zip(golden["params"], golden["roi"], golden["lm68"].transpose(0, 2, 1), strict=True):
        landmarks = upstream_landmarks.landmarks(params, roi)
        landmarks[:, 2] -= landmarks[:, 2].min()  # upstream's z starts at its nearest-to-zero point
        assert np.abs(expected - landmarks).max() < 0.01
