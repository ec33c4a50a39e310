"""Faces drawn onto pictures, wherever they are."""

import math

import numpy as np
import pytest

from visaged.draw import draw_faces, draw_landmarks, draw_poses
from visaged.draw.canvas import GREEN, ORANGE


def has(image, colour):
    return bool((image == colour).all(axis=2).any())


def test_a_face_is_drawn_where_it_is(face_around, picture):
    drawn = draw_faces(picture(width=600), [face_around(420, 120)])
    changed = (drawn != 90).any(axis=2)
    assert changed[90:150, 390:450].mean() > 0.1
    assert not changed[:, :300].any()


def test_the_picture_itself_stays_as_it_was(face_around, picture):
    image = picture()
    drawn = draw_faces(image, [face_around(150, 100)])
    assert np.all(image == 90)
    assert drawn.shape == image.shape
    assert not np.shares_memory(drawn, image)


def test_valid_faces_are_green_and_others_orange(face_around, picture):
    colourless = {"roi": (150.0, 100.0, 150.0, 100.0)}  # axes of no length
    valid = draw_faces(picture(), [face_around(150, 100, **colourless)])
    doubted = draw_faces(picture(), [face_around(150, 100, valid=False, reason="low_confidence", **colourless)])
    assert (has(valid, GREEN), has(valid, ORANGE)) == (True, False)
    assert has(doubted, ORANGE)


def test_no_faces_leave_a_copy(picture):
    assert np.array_equal(draw_faces(picture(), []), picture())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("draw", [draw_faces, draw_landmarks, draw_poses])
@pytest.mark.parametrize("place", [(0, 0), (300, 200), (-40, 100), (5000, 5000), (-1e9, 1e9), (1e30, -1e30)])
def test_faces_partly_or_wholly_outside_are_drawn_as_far_as_they_are_inside(draw, face_around, place, picture):
    drawn = draw(picture(), [face_around(*place), face_around(220, 120)])
    assert (drawn != 90).any(axis=2)[60:180, 160:280].mean() > 0.05


@pytest.mark.parametrize("draw", [draw_faces, draw_landmarks, draw_poses])
@pytest.mark.parametrize("size", [0.0, 1.0, 32767.0])
def test_faces_of_any_size_are_drawn(draw, face_around, size, picture):
    assert draw(picture(), [face_around(150, 100, size=size)]).shape == (200, 300, 3)


@pytest.mark.parametrize("draw", [draw_faces, draw_landmarks, draw_poses])
@pytest.mark.parametrize(
    "unknown",
    [
        {"landmarks": np.full((68, 3), np.nan, np.float32)},
        {"rotation": np.full((3, 3), np.nan, np.float32)},
        {"box": (math.nan,) * 4},
        {"roi": (0.0, 0.0, math.inf, math.inf)},
    ],
)
def test_a_face_that_is_nowhere_is_left_out(draw, face_around, unknown, picture):
    assert np.array_equal(draw(picture(), [face_around(150, 100, **unknown)]), picture())


@pytest.mark.parametrize("draw", [draw_faces, draw_landmarks, draw_poses])
@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1)])
def test_pictures_of_extreme_shape_can_be_drawn_on(draw, face_around, shape, picture):
    assert draw(picture(*shape), [face_around(10, 10)]).shape == (*shape, 3)


def test_a_part_of_a_larger_picture_can_be_drawn_on(face_around, picture):
    part = picture(400, 600)[100:300, 100:400]
    assert np.array_equal(draw_faces(part, [face_around(150, 100)]), draw_faces(picture(), [face_around(150, 100)]))
