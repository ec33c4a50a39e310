"""Overlap of boxes, and one box for each face."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.values import Detection
from visaged.vision.boxes import fraction_inside, intersection_over_union, suppress

corners = st.integers(-40, 40)
boxes = st.tuples(corners, corners, st.integers(1, 40), st.integers(1, 40)).map(
    lambda b: (float(b[0]), float(b[1]), float(b[0] + b[2]), float(b[1] + b[3]))
)
scored = st.lists(st.tuples(boxes, st.sampled_from([0.25, 0.5, 0.75, 1.0])), max_size=12)


def pixels(box):
    return {(x, y) for x in range(int(box[0]), int(box[2])) for y in range(int(box[1]), int(box[3]))}


def suppressed_slowly(found, overlap):
    """The best of all, without those it covers; then the best of the rest; and so on."""
    rest, kept = sorted(found, key=lambda one: -one[1]), []
    while rest:
        best, *rest = rest
        kept.append(Detection(*best))
        rest = [other for other in rest if intersection_over_union(best[0], other[0]) <= overlap]
    return kept


@given(boxes, boxes)
def test_overlap_is_the_share_of_pixels_in_both(a, b):
    assert intersection_over_union(a, b) == pytest.approx(len(pixels(a) & pixels(b)) / len(pixels(a) | pixels(b)))


@given(boxes, boxes)
def test_overlap_does_not_depend_on_the_order(a, b):
    assert intersection_over_union(a, b) == intersection_over_union(b, a)


@given(st.tuples(*[st.floats()] * 4), st.tuples(*[st.floats()] * 4))
def test_overlap_of_rubbish_is_no_error(a, b):
    assert isinstance(intersection_over_union(a, b), float)


def test_boxes_that_only_touch_do_not_overlap():
    assert intersection_over_union((0, 0, 1, 1), (1, 0, 2, 1)) == 0


def test_boxes_too_small_to_have_an_area_do_not_overlap():
    assert intersection_over_union((0, 0, 1e-200, 1e-200), (0, 0, 1e-200, 1e-200)) == 0


@given(boxes)
def test_the_fraction_inside_is_the_share_of_pixels(box):
    inside = pixels(box) & pixels((0, 0, 30, 20))
    assert fraction_inside(box, 30, 20) == pytest.approx(len(inside) / len(pixels(box)))


@pytest.mark.parametrize("box", [(5, 5, 5, 9), (9, 5, 5, 9)])
def test_nothing_of_an_empty_box_is_inside(box):
    assert fraction_inside(box, 100, 100) == 0


@given(scored, st.sampled_from([0.0, 0.25, 0.3, 0.5, 1.0]))
def test_suppression_is_that_of_the_slow_reference(found, overlap):
    corners = np.array([box for box, _ in found], np.float32).reshape(-1, 4)
    scores = np.array([score for _, score in found], np.float32)
    assert suppress(corners, scores, overlap) == suppressed_slowly(found, overlap)


def test_of_equal_boxes_with_equal_scores_the_first_stays():
    found = suppress(np.float32([[0, 0, 10, 10], [0, 0, 10, 11]]), np.float32([0.5, 0.5]), 0.3)
    assert found == [Detection((0, 0, 10, 10), 0.5)]


def test_nothing_is_suppressed_to_nothing():
    assert suppress(np.empty((0, 4), np.float32), np.empty(0, np.float32), 0.3) == []
