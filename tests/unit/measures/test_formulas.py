"""The formulas of the measures, against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from measures.formulas import (
    INNER,
    area_under_curve,
    eye_aspect_ratios,
    geodesic_degrees,
    mean_of_known,
    mouth_aspect_ratio,
    nme,
    roc,
    rotation,
    rounded,
)
from visaged import _native

LEVEL = np.eye(3)[None]


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize("degrees", [0.0, 30.0, -90.0, 179.0])
def test_a_turn_about_one_axis_is_as_far_as_its_angle(axis: int, degrees: float) -> None:
    angles = [0.0, 0.0, 0.0]
    angles[axis] = math.radians(degrees)
    assert geodesic_degrees(rotation(*angles)[None], LEVEL) == pytest.approx([abs(degrees)], abs=1e-6)


def test_two_quarter_turns_about_different_axes_are_a_third_of_a_full_turn() -> None:
    both = rotation(math.pi / 2, math.pi / 2, 0)
    assert geodesic_degrees(both[None], LEVEL) == pytest.approx([120])


def test_the_angle_between_two_turned_heads_is_that_of_the_turn_between_them() -> None:
    one, other = rotation(0, math.radians(50), 0), rotation(0, math.radians(-15), 0)
    assert geodesic_degrees(one[None], other[None]) == pytest.approx([65])


def test_the_rotation_of_angles_is_the_one_that_the_product_gives_these_angles() -> None:
    matrix = np.zeros((3, 4), np.float32)
    matrix[:, :3] = 2e-4 * rotation(math.radians(10), math.radians(-40), math.radians(25))
    found, _, (yaw, pitch, roll), _, _ = _native.pose(matrix.ravel())
    assert (pitch, yaw, roll) == pytest.approx((10, -40, 25), abs=1e-3)
    assert found == pytest.approx(rotation(*np.radians((pitch, yaw, roll))), abs=1e-5)


def _face() -> np.ndarray:
    """One face (1, 68, 2) in a box of 40 x 90 pixels: the root of its area is 60."""
    points = np.zeros((1, 68, 2))
    points[0, 0], points[0, 67] = (5, 5), (45, 95)
    points[0, 1:67] = (20, 30)
    return points


def test_landmarks_that_are_all_three_pixels_off_have_an_error_of_five_percent_of_sixty() -> None:
    assert nme(_face() + np.array((3.0, 0.0)), _face()) == pytest.approx([5])


def test_inner_landmarks_leave_the_contour_out_and_keep_the_whole_faces_size() -> None:
    found = _face()
    found[0, :17] += 1000.0
    found[0, 17:, 1] += 6.0
    assert nme(found, _face(), INNER) == pytest.approx([10])


@pytest.mark.parametrize(
    ("positives", "negatives", "area"),
    [
        ([3, 4], [1, 2], 1.0),
        ([1, 2], [3, 4], 0.0),
        ([1, 3], [2, 2], 0.5),
        ([2, 2], [2, 2, 2], 0.5),
        ([1, 2, 3], [2], 0.5),
        ([2, 4], [1, 3], 0.75),
    ],
)
def test_the_area_under_the_curve_is_the_share_of_pairs_in_order(
    positives: list[float], negatives: list[float], area: float
) -> None:
    assert area_under_curve(np.array(positives), np.array(negatives)) == pytest.approx(area)


def test_there_is_no_area_without_positives_and_json_gets_none() -> None:
    area = area_under_curve(np.array([]), np.array([1.0]))
    assert math.isnan(area)
    assert rounded(area) is None


def test_what_is_not_known_does_not_count_in_a_mean() -> None:
    values = np.array([[1.0, np.nan], [3.0, np.nan]])
    assert mean_of_known(values) == 2.0
    assert [rounded(mean) for mean in mean_of_known(values, axis=0)] == [2.0, None]


def test_the_area_is_that_under_the_curve_itself() -> None:
    random = np.random.default_rng(0)
    positives, negatives = random.normal(1, 1, 400), random.normal(0, 1, 500)
    rates = np.linspace(0, 1, 501)
    curve = roc(positives, negatives, rates)
    assert np.trapezoid(curve, rates) == pytest.approx(area_under_curve(positives, negatives), abs=0.005)


def test_the_curve_gives_the_most_true_positives_within_each_rate_of_false_ones() -> None:
    assert roc(np.array([4.0, 2.0]), np.array([3.0, 1.0]), (0, 0.4, 0.5, 1)) == [0.5, 0.5, 1.0, 1.0]


def test_the_curve_of_scores_that_are_all_equal_has_nothing_for_free() -> None:
    assert roc(np.ones(3), np.ones(2), (0, 0.5, 1)) == [0.0, 0.0, 1.0]


def test_an_eye_as_high_as_a_third_of_its_width_has_that_aspect_ratio() -> None:
    landmarks = np.zeros((68, 3))
    landmarks[36:42, :2] = [(0, 0), (4, -2), (8, -2), (12, 0), (8, 2), (4, 2)]
    landmarks[42:48, :2] = [(20, 0), (24, 0), (28, 0), (32, 0), (28, 0), (24, 0)]
    assert eye_aspect_ratios(landmarks) == pytest.approx((1 / 3, 0))


def test_a_mouth_as_high_as_wide_has_an_aspect_ratio_of_one() -> None:
    landmarks = np.zeros((68, 2))
    landmarks[60], landmarks[64] = (0, 0), (10, 0)
    landmarks[61:64], landmarks[65:68] = (5, -5), (5, 5)
    assert mouth_aspect_ratio(landmarks) == pytest.approx(1)
