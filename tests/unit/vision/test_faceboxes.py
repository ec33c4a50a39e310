"""FaceBoxes' prior boxes, working size, and what its numbers mean."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.vision.faceboxes import FaceBoxes, prior_boxes
from visaged.vision.roi import roi_from_box


def priors_slowly(width, height):
    """By the rule: 32-pixel boxes 4 x 4 and 64-pixel boxes 2 x 2 times a cell, the larger ones once in its middle."""
    priors = []
    for step, sizes in ((32, (32, 64, 128)), (64, (256,)), (128, (512,))):
        for row in range(math.ceil(height / step)):
            for column in range(math.ceil(width / step)):
                for size in sizes:
                    density = {32: 4, 64: 2}.get(size, 1)
                    starts = [i / density for i in range(density)] if density > 1 else [0.5]
                    priors += [((column + x) * step, (row + y) * step, size, size) for y in starts for x in starts]
    return np.array(priors, np.float32)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (96, 64), (128, 128), (130, 97), (1, 720)])
def test_prior_boxes_are_those_of_the_rule_in_its_order(width, height):
    np.testing.assert_array_equal(prior_boxes(width, height), priors_slowly(width, height))


def test_decoding_is_that_of_the_loop_over_prior_boxes():
    random, priors = np.random.default_rng(1), priors_slowly(160, 96)
    offsets = random.normal(0, 2, (len(priors), 4)).astype(np.float32)
    scores = random.uniform(0, 1, (len(priors), 2)).astype(np.float32)
    found = FaceBoxes().decode([offsets[None], scores[None]], 160, 96, 0.7)
    expected = []
    for (x, y, w, h), (dx, dy, dw, dh), (_, face) in zip(priors, offsets, scores, strict=True):
        if face > 0.7:
            cx, cy, half_w, half_h = (
                x + 0.1 * dx * w,
                y + 0.1 * dy * h,
                w * math.exp(0.2 * dw) / 2,
                h * math.exp(0.2 * dh) / 2,
            )
            expected.append((cx - half_w, cy - half_h, cx + half_w, cy + half_h))
    np.testing.assert_allclose(found.boxes, expected, atol=1e-2)
    np.testing.assert_array_equal(found.scores, scores[:, 1][scores[:, 1] > 0.7])
    assert found.points is None


@given(st.integers(1, 32768), st.integers(1, 32768), st.integers(0, 1920))
def test_the_working_picture_is_never_enlarged_nor_larger_than_allowed(width, height, longer_side):
    view = FaceBoxes().view(width, height, longer_side)
    assert view.region == (0, 0, width, height)
    assert 1 <= view.width <= min(width, longer_side or 1080)
    assert 1 <= view.height <= min(height, longer_side or 720)
    assert 0 < view.scale <= 1


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(640, 480, (640, 480)), (1280, 720, (1080, 607)), (1080, 720, (1080, 720)), (900, 1440, (450, 720))],
)
def test_large_pictures_are_shrunk_to_what_upstream_allows(width, height, expected):
    view = FaceBoxes().view(width, height, 0)
    assert (view.width, view.height) == expected


def test_its_boxes_lead_to_the_region_that_the_regressor_was_trained_with():
    assert FaceBoxes().roi((10, 20, 60, 90)) == roi_from_box((10, 20, 60, 90))
