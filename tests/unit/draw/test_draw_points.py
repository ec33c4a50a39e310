"""Vertices as dots."""

import numpy as np
import pytest

from visaged.draw import draw_points
from visaged.draw.canvas import GREEN, ORANGE
from visaged.values import Mesh


def mesh_around(x, y, size, count=20_000):
    places = np.random.default_rng(1).uniform(-size / 2, size / 2, (3, count)).astype(np.float32)
    return Mesh(places + np.float32([[x], [y], [0]]), 1.0)


def covered(drawn):
    return (drawn != 90).any(axis=2)


@pytest.mark.parametrize("size", [10, 40, 120, 400, 1000])
def test_dots_show_a_face_of_any_size_and_let_it_through(face_around, picture, size):
    drawn = covered(draw_points(picture(1200, 1200), [(face_around(600, 600), mesh_around(600, 600, size))]))
    low, high = 600 - size // 2, 600 + size // 2
    assert 0.05 < drawn[low:high, low:high].mean() < 0.6
    assert drawn.sum() < 1.3 * drawn[low:high, low:high].sum()


def test_dots_are_orange_for_a_face_that_is_not_believed(face_around, picture):
    for valid, colour in ((True, GREEN), (False, ORANGE)):
        drawn = draw_points(picture(), [(face_around(150, 100, valid=valid), mesh_around(150, 100, 60))])
        assert np.all(drawn[covered(drawn)] == colour)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("place", [(0, 0), (300, 200), (-1e9, 1e9), (3e38, -3e38)])
def test_dots_outside_the_picture_are_left_out(face_around, picture, place):
    drawn = draw_points(picture(), [(face_around(0, 0), mesh_around(*place, 60))])
    assert drawn.shape == (200, 300, 3)
    assert covered(drawn).any() == (place[0] in (0, 300))


def test_of_dots_in_one_place_the_foremost_is_drawn(face_around, picture):
    behind, before = [100.0, 50.0, -10.0], [101.0, 51.0, 10.0]
    frame = [[0.0, 0.0, 0.0], [240.0, 120.0, 0.0]]
    vertices = np.float32([*frame, before, behind]).T
    drawn = covered(draw_points(picture(), [(face_around(0, 0), Mesh(vertices, 1.0))]))
    alone = covered(draw_points(picture(), [(face_around(0, 0), Mesh(vertices[:, :3], 1.0))]))
    assert np.array_equal(drawn, alone)
