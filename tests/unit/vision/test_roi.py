"""The square regions that are cropped."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged import _native
from visaged.values import Part
from visaged.vision.roi import (
    aligned,
    centre_of,
    in_image,
    is_croppable,
    roi_around,
    roi_from_box,
    side_of,
    square_around,
)

BOX = (100.0, 200.0, 150.0, 270.0)
coordinates = st.floats(-1e4, 1e4)
sizes = st.floats(2, 1e3)
boxes = st.tuples(coordinates, coordinates, sizes, sizes).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))
squares = st.sampled_from([roi_from_box, roi_around, lambda box: square_around(box, 1.23, 0.16)])


def test_a_detected_box_is_enlarged_158_percent_to_a_whole_side_and_moved_down_14():
    roi = roi_from_box(BOX)
    assert side_of(roi) == int(60 * 1.58) == 94
    assert centre_of(roi) == pytest.approx((125, 235 + 0.14 * 60))


def test_landmarks_are_surrounded_by_a_square_of_their_longer_side_times_root_two():
    roi = roi_around(BOX)
    assert side_of(roi) == pytest.approx(70 * math.sqrt(2))
    assert centre_of(roi) == pytest.approx((125, 235))


def test_a_square_is_enlarged_and_moved_by_mean_sides_of_the_box():
    roi = square_around(BOX, 2.0, 0.5)
    assert roi == pytest.approx((65, 205, 185, 325))


@given(squares, boxes, st.sampled_from([2, 4, 8]))
def test_an_aligned_region_is_a_near_square_that_can_be_cropped_without_rounding(rule, box, reduced):
    part = Part(np.zeros((4, 4, 3), np.uint8), reduced=reduced)
    roi = rule(box)
    found = aligned(roi, part)
    assert all(corner % 1 == 0 for corner in in_image(found, part)) and is_croppable(in_image(found, part))
    assert side_of(found) == found[3] - found[1] == pytest.approx(max(side_of(roi), 2 * reduced), abs=reduced / 2)
    assert found[:2] == pytest.approx(roi[:2], abs=reduced / 2)


def test_regions_of_a_whole_part_stay_as_they_are():
    part = Part(np.zeros((4, 4, 3), np.uint8))
    assert aligned(BOX, part) == in_image(BOX, part) == BOX


@given(squares, boxes)
def test_regions_are_squares(rule, box):
    x1, y1, x2, y2 = rule(box)
    assert x2 - x1 == pytest.approx(y2 - y1, abs=1e-6)


@given(squares, boxes, st.integers(-500, 500), st.integers(-500, 500))
def test_a_moved_box_has_a_moved_region(rule, box, x, y):
    moved = rule((box[0] + x, box[1] + y, box[2] + x, box[3] + y))
    expected = np.add(rule(box), (x, y, x, y))
    assert moved == pytest.approx(expected, abs=1.01)  # a side that is cut to a whole number may jump by one


@given(boxes)
def test_the_region_for_the_next_frame_holds_the_landmarks(box):
    x1, y1, x2, y2 = roi_around(box)
    assert x1 < box[0]
    assert y1 < box[1]
    assert x2 > box[2]
    assert y2 > box[3]


@given(st.tuples(*[st.one_of(st.floats(), st.floats(-4e4, 4e4), st.floats(-3, 3))] * 4))
def test_what_is_called_croppable_can_be_cropped(roi):
    if is_croppable(roi):
        _native.crop(np.zeros((4, 4, 3), np.uint8), roi, np.zeros((1, 3, 8, 8), np.float32))


@pytest.mark.parametrize(
    "roi", [(1.5, 1.5, 2.5, 2.5), (0, 0, 40000, 40000), (5, 5, 3, 9), (2e6, 0, 2e6 + 9, 9), (math.nan, 0, 9, 9)]
)
def test_empty_huge_turned_and_far_regions_are_not_croppable(roi):
    assert not is_croppable(roi)


@pytest.mark.parametrize("roi", [(0.5, 0.5, 2.5, 2.5), (-10, -10, 120, 50), (0, 0, 32767, 32767)])
def test_small_long_and_large_regions_are_croppable(roi):
    assert is_croppable(roi)
