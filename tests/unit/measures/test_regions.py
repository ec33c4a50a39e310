"""Which regions count as showing a face, half of one, or none."""

from __future__ import annotations

import numpy as np
import pytest

from measures.regions import SeenFace, beside, half_out, upside_down
from visaged.values import Box


@pytest.fixture
def face() -> SeenFace:
    """A picture of 640 x 480 with a face of 80 x 100 pixels."""
    image = np.zeros((480, 640, 3), np.uint8)
    image[100:200, 300:380] = 200
    return SeenFace(image, (270.0, 80.0, 410.0, 220.0), (300.0, 100.0, 380.0, 200.0))


def _shared(a: Box, b: Box) -> float:
    """The share of ``a`` that is inside ``b``."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height) / ((a[2] - a[0]) * (a[3] - a[1]))


def test_regions_beside_a_face_hold_nothing_of_it_and_lie_in_the_picture(face: SeenFace) -> None:
    regions = list(beside(face, np.random.default_rng(0), 20))
    assert len(regions) == 20
    for region in regions:
        assert _shared(face.box, region) == 0
        assert _shared(region, (0, 0, 640, 480)) == pytest.approx(1)
        assert 0.3 * 140 <= region[2] - region[0] <= 140


def test_regions_half_out_hold_some_but_less_than_half_of_the_face(face: SeenFace) -> None:
    regions = list(half_out(face, np.random.default_rng(0), 20))
    assert len(regions) == 20
    assert all(0 < _shared(face.box, region) < 0.5 for region in regions)


def test_there_are_no_regions_beside_a_face_that_fills_the_picture() -> None:
    whole = (0.0, 0.0, 99.0, 99.0)
    face = SeenFace(np.zeros((100, 100, 3), np.uint8), whole, whole)
    assert list(beside(face, np.random.default_rng(0), 5)) == []


def test_the_boxes_turn_with_a_picture_that_is_stood_on_its_head(face: SeenFace) -> None:
    flipped = upside_down(face)
    x1, y1, x2, y2 = (round(v) for v in flipped.box)
    assert flipped.image[y1 + 1 : y2, x1:x2].min() == 200
    assert upside_down(flipped).box == face.box
