"""The raw border of normals, their colours, and blending."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from visaged._native import Rasteriser, blend, lit_colours, normal_colours

VERTICES = np.array([[0, 4, 0], [0, 0, 4], [0, 0, 0]], np.float32)


def test_a_surface_towards_the_viewer_has_normals_that_point_at_him() -> None:
    out = np.full((3, 4), 9, np.float32)
    Rasteriser(np.array([[0, 1, 2]], np.int32), 3).normals(VERTICES, out)
    np.testing.assert_array_equal(out, [[0, 0, 1, 0]] * 3)


@pytest.mark.parametrize(
    "out",
    [np.zeros((3, 3), np.float32), np.zeros((2, 4), np.float32), np.zeros((3, 4)), np.zeros((4, 3), np.float32).T],
    ids=["three floats", "two vertices", "double", "transposed"],
)
def test_normals_into_the_wrong_kind_of_array_are_a_value_error(out: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match="out must be"):
        Rasteriser(np.array([[0, 1, 2]], np.int32), 3).normals(VERTICES, out)


@pytest.mark.parametrize("colours", [normal_colours, lit_colours])
def test_colours_of_no_vertices_are_none(colours: Callable[..., None]) -> None:
    colours(np.zeros((0, 4), np.float32), np.zeros((0, 4), np.uint8))


@pytest.mark.parametrize("colours", [normal_colours, lit_colours])
@pytest.mark.parametrize(
    ("normals", "out"),
    [
        (np.zeros((3, 3), np.float32), np.zeros((3, 4), np.uint8)),
        (np.zeros((3, 4)), np.zeros((3, 4), np.uint8)),
        (np.zeros((3, 4), np.float32), np.zeros((3, 3), np.uint8)),
        (np.zeros((3, 4), np.float32), np.zeros((2, 4), np.uint8)),
        (np.zeros((3, 4), np.float32), np.zeros((3, 4), np.int8)),
        (np.zeros((3, 4), np.float32), np.broadcast_to(np.uint8(0), (3, 4))),
    ],
)
def test_arrays_of_the_wrong_kind_are_a_value_error(
    colours: Callable[..., None], normals: NDArray[Any], out: NDArray[Any]
) -> None:
    with pytest.raises(ValueError, match=r"normals|out"):
        colours(normals, out)


DEPTH = np.array([[np.nan, 1], [2, 3]], np.float32)
PICTURE = np.full((2, 2, 3), 200, np.uint8)


def blended(left: int, top: int, alpha: float = 1.0) -> NDArray[np.uint8]:
    """One channel of a black picture of 4 x 3 with the two by two pixels over it."""
    target = np.zeros((3, 4, 3), np.uint8)
    blend(DEPTH, PICTURE, left, top, alpha, target, target)
    assert (target == target[..., :1]).all()
    return target[..., 0]


def test_a_picture_covers_where_there_is_depth() -> None:
    np.testing.assert_array_equal(blended(1, 1), [[0, 0, 0, 0], [0, 0, 200, 0], [0, 200, 200, 0]])


@pytest.mark.parametrize(("alpha", "level"), [(0, 0), (0.25, 50), (0.5, 100), (1, 200)])
def test_alpha_is_how_much_of_it_shows(alpha: float, level: int) -> None:
    assert blended(1, 1, alpha)[1, 2] == level


def test_what_is_outside_of_the_picture_is_left_out() -> None:
    np.testing.assert_array_equal(blended(-1, -1), [[200, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    np.testing.assert_array_equal(blended(3, 2), [[0, 0, 0, 0]] * 3)
    np.testing.assert_array_equal(blended(3, 1), [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 200]])
    for far in (-1_000_000, 1_000_000):
        assert not blended(far, 0).any()
        assert not blended(0, far).any()


def test_the_picture_below_can_be_another_and_rows_can_have_gaps() -> None:
    under, wide = np.full((3, 4, 3), 40, np.uint8), np.full((5, 9, 3), 7, np.uint8)
    blend(DEPTH, PICTURE, 1, 1, 0.5, under, wide[1:4, 2:6])
    expected = np.full((5, 9), 7)
    expected[2, 4] = expected[3, 3:5] = 120
    np.testing.assert_array_equal(wide[..., 0], expected)
    assert (under == 40).all()


@pytest.mark.parametrize("alpha", [-0.1, 1.1, np.nan, np.inf])
def test_another_alpha_is_a_value_error(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        blended(0, 0, alpha)


@pytest.mark.parametrize("place", [(-(2**31), 0), (0, -(2**31)), (2**31 - 1, 2**31 - 1)])
def test_a_place_too_far_away_is_a_value_error(place: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="1032192 pixels"):
        blended(*place)


@pytest.mark.parametrize(
    ("depth", "picture", "under", "target"),
    [
        (DEPTH, PICTURE, np.zeros((3, 4, 3), np.uint8), np.zeros((4, 3, 3), np.uint8)),
        (DEPTH, PICTURE[:, :1].copy(), np.zeros((3, 4, 3), np.uint8), np.zeros((3, 4, 3), np.uint8)),
        (DEPTH.astype(float), PICTURE, np.zeros((3, 4, 3), np.uint8), np.zeros((3, 4, 3), np.uint8)),
        (DEPTH, PICTURE, np.zeros((3, 4, 3), np.uint8)[::-1], np.zeros((3, 4, 3), np.uint8)),
        (DEPTH, PICTURE, np.zeros((3, 4, 3), np.uint8), np.zeros((3, 4, 3), np.uint8)[:, ::-1]),
        (DEPTH, PICTURE, np.zeros((3, 4, 3), np.uint8), np.zeros((3, 4), np.uint8)),
        (DEPTH, PICTURE, np.zeros((3, 4, 3), np.uint8), np.broadcast_to(np.uint8(0), (3, 4, 3))),
    ],
    ids=["sizes", "picture", "depth", "upside down", "mirrored", "grey", "read-only"],
)
def test_pictures_that_do_not_fit_are_a_value_error(
    depth: NDArray[Any], picture: NDArray[Any], under: NDArray[Any], target: NDArray[Any]
) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        blend(depth, picture, 0, 0, 1, under, target)


def test_others_can_work_while_it_does(busy_while: Callable[[Callable[[], object]], int]) -> None:
    depth, picture = np.zeros((4000, 4000), np.float32), np.zeros((4000, 4000, 3), np.uint8)
    assert busy_while(lambda: blend(depth, picture, 0, 0, 0.5, picture, picture)) > 3
