"""The raw border of ``Rasteriser``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from visaged._native import Rasteriser

CORNERS = np.array([[0, 1, 2]], np.int32)
VERTICES = np.array([[0, 4, 0], [0, 0, 4], [1, 5, 9]], np.float32)
"""A triangle over the ten pixels whose column and row add up to less than 4; its depth is 1 + column + 2 row."""

COLOURS = np.array([[10, 20, 30, 0]] * 3, np.uint8)
LIMIT = (1 << 20) - (1 << 14)


def triangle() -> Rasteriser:
    return Rasteriser(CORNERS, 3)


def drawn(left: int = 0, top: int = 0, shape: tuple[int, int] = (5, 6), scalar: bool = False) -> NDArray[np.float32]:
    depth = np.zeros(shape, np.float32)
    triangle().depth(VERTICES, left, top, depth, scalar)
    return depth


@pytest.mark.parametrize("scalar", [False, True])
def test_depth_is_that_of_the_surface_and_nan_elsewhere(scalar: bool) -> None:
    row, column = np.mgrid[:5, :6]
    expected = np.where(row + column < 4, 1 + column + 2 * row, np.nan)
    np.testing.assert_allclose(drawn(scalar=scalar), expected, atol=1e-5)


def test_left_and_top_say_where_the_array_begins() -> None:
    expected = np.full((9, 9), np.nan, np.float32)
    expected[2:7, 3:9] = drawn()
    np.testing.assert_array_equal(drawn(-3, -2, (9, 9)), expected)
    np.testing.assert_array_equal(drawn(1, 2, (3, 4)), drawn()[2:, 1:5])


def test_colours_are_drawn_where_the_surface_is() -> None:
    depth, picture = np.zeros((5, 6), np.float32), np.full((5, 6, 3), 99, np.uint8)
    triangle().colours(VERTICES, COLOURS, 0, 0, depth, picture)
    np.testing.assert_array_equal(depth, drawn())
    np.testing.assert_array_equal(picture, np.where(np.isnan(depth)[..., None], 0, [10, 20, 30]))


def test_triangles_and_weights_tell_what_is_seen() -> None:
    depth, seen, weights = np.zeros((5, 6), np.float32), np.zeros((5, 6), np.int32), np.full((5, 6, 2), 7, np.float32)
    triangle().triangles(VERTICES, 0, 0, depth, seen, weights)
    np.testing.assert_array_equal(seen, np.where(np.isnan(depth), -1, 0))
    row, column = np.mgrid[:5, :6]
    expected = np.where(np.isnan(depth)[..., None], 7, np.stack([column / 4, row / 4], axis=2))
    np.testing.assert_allclose(weights, expected, atol=1e-6)


any_float = st.floats(width=32) | st.integers(-20, 20).map(float)


@given(
    vertices=arrays.arrays(np.float32, (3, 10), elements=any_float),
    corners=arrays.arrays(np.int32, (12, 3), elements=st.integers(0, 9)),
    left=st.integers(-LIMIT, LIMIT) | st.integers(-9, 9),
    top=st.integers(-9, 9),
    shape=st.tuples(st.integers(1, 20), st.integers(1, 20)),
)
def test_any_mesh_is_drawn_alike_by_both_paths(
    vertices: NDArray[np.float32], corners: NDArray[np.int32], left: int, top: int, shape: tuple[int, int]
) -> None:
    rasteriser = Rasteriser(corners, 10)
    (fast, scalar), colours = np.zeros((2, *shape), np.float32), np.arange(40, dtype=np.uint8).reshape(10, 4)
    pictures = np.zeros((2, *shape, 3), np.uint8)
    rasteriser.colours(vertices, colours, left, top, fast, pictures[0])
    rasteriser.colours(vertices, colours, left, top, scalar, pictures[1], scalar=True)
    np.testing.assert_array_equal(scalar, fast)
    np.testing.assert_array_equal(pictures[1], pictures[0])
    assert not np.isinf(fast).any()


@pytest.mark.parametrize("corners", [[[0, 1, 3]], [[-1, 1, 2]], [[0, 1, 2**31 - 1]]])
def test_a_triangle_without_its_vertices_is_a_value_error(corners: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="a vertex that does not exist"):
        Rasteriser(np.array(corners, np.int32), 3)


WRONG_CORNERS: dict[str, NDArray[Any]] = {
    "64-bit": CORNERS.astype(np.int64),
    "unsigned": CORNERS.astype(np.uint32),
    "flat": CORNERS.ravel(),
    "in columns": np.zeros((3, 5), np.int32),
    "transposed": np.zeros((3, 5), np.int32).T,
    "thinned": np.zeros((4, 3), np.int32)[::2],
}


@pytest.mark.parametrize("kind", WRONG_CORNERS)
def test_triangles_of_the_wrong_kind_are_a_value_error(kind: str) -> None:
    with pytest.raises(ValueError, match="triangles must be"):
        Rasteriser(WRONG_CORNERS[kind], 3)


def test_the_triangles_are_a_copy() -> None:
    corners = CORNERS.copy()
    rasteriser = Rasteriser(corners, 3)
    corners[:] = 10**9
    depth = np.zeros((5, 6), np.float32)
    rasteriser.depth(VERTICES, 0, 0, depth)
    np.testing.assert_array_equal(depth, drawn())


def test_no_triangles_draw_nothing() -> None:
    depth, normals = np.zeros((2, 2), np.float32), np.ones((3, 4), np.float32)
    nothing = Rasteriser(CORNERS[:0], 3)
    nothing.depth(VERTICES, 0, 0, depth)
    nothing.normals(VERTICES, normals)
    assert np.isnan(depth).all()
    assert not normals.any()


WRONG_VERTICES: dict[str, NDArray[Any]] = {
    "double": VERTICES.astype(np.float64),
    "one less": VERTICES[:, :2].copy(),
    "transposed": VERTICES.T,
    "flat": VERTICES.ravel(),
}
WRONG_DEPTHS: dict[str, NDArray[Any]] = {
    "double": np.zeros((5, 6)),
    "flat": np.zeros(30, np.float32),
    "no rows": np.zeros((0, 6), np.float32),
    "no columns": np.zeros((5, 0), np.float32),
    "too wide": np.zeros((1, (1 << 14) + 1), np.float32),
    "too high": np.zeros(((1 << 14) + 1, 1), np.float32),
    "thinned": np.zeros((5, 12), np.float32)[:, ::2],
    "a part": np.zeros((9, 9), np.float32)[:5, :6],
    "read-only": np.broadcast_to(np.float32(0), (5, 6)),
}


@pytest.mark.parametrize("kind", WRONG_VERTICES)
def test_vertices_of_the_wrong_kind_are_a_value_error(kind: str) -> None:
    with pytest.raises(ValueError, match="vertices must be"):
        triangle().depth(WRONG_VERTICES[kind], 0, 0, np.zeros((5, 6), np.float32))


@pytest.mark.parametrize("kind", WRONG_DEPTHS)
def test_a_depth_of_the_wrong_kind_is_a_value_error(kind: str) -> None:
    with pytest.raises(ValueError, match=r"depth must be|canvas's sides"):
        triangle().depth(VERTICES, 0, 0, WRONG_DEPTHS[kind])


def test_a_read_only_depth_is_a_value_error() -> None:
    depth = np.zeros((5, 6), np.float32)
    depth.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        triangle().depth(VERTICES, 0, 0, depth)


@pytest.mark.parametrize("place", [(LIMIT + 1, 0), (0, -LIMIT - 1), (2**31 - 1, 0), (0, -(2**31))])
def test_a_place_too_far_away_is_a_value_error(place: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="1032192 pixels"):
        drawn(*place)


@pytest.mark.parametrize("place", [(2**31, 0), (0, -(2**40)), (0.5, 0), ("1", 0)])
def test_a_place_that_is_no_small_integer_is_a_type_error(place: Any) -> None:
    with pytest.raises(TypeError):
        drawn(*place)


@pytest.mark.parametrize(
    ("colours", "picture"),
    [
        (COLOURS[:, :3].copy(), np.zeros((5, 6, 3), np.uint8)),
        (COLOURS[:2], np.zeros((5, 6, 3), np.uint8)),
        (COLOURS.astype(np.float32), np.zeros((5, 6, 3), np.uint8)),
        (COLOURS, np.zeros((6, 5, 3), np.uint8)),
        (COLOURS, np.zeros((5, 6, 4), np.uint8)),
        (COLOURS, np.zeros((5, 6), np.uint8)),
        (COLOURS, np.zeros((5, 6, 3), np.float32)),
        (COLOURS, np.zeros((5, 12, 3), np.uint8)[:, ::2]),
        (COLOURS, np.broadcast_to(np.uint8(0), (5, 6, 3))),
    ],
)
def test_colours_or_a_picture_of_the_wrong_kind_are_a_value_error(colours: NDArray[Any], picture: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match=r"colours|picture"):
        triangle().colours(VERTICES, colours, 0, 0, np.zeros((5, 6), np.float32), picture)


@pytest.mark.parametrize(
    ("seen", "weights"),
    [
        (np.zeros((5, 6), np.int64), np.zeros((5, 6, 2), np.float32)),
        (np.zeros((6, 5), np.int32), np.zeros((5, 6, 2), np.float32)),
        (np.zeros((5, 6), np.int32), np.zeros((5, 6), np.float32)),
        (np.zeros((5, 6), np.int32), np.zeros((5, 6, 3), np.float32)),
        (np.zeros((5, 6), np.int32), np.zeros((5, 6, 2))),
    ],
)
def test_triangles_or_weights_of_the_wrong_kind_are_a_value_error(seen: NDArray[Any], weights: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match=r"triangle must|weights must"):
        triangle().triangles(VERTICES, 0, 0, np.zeros((5, 6), np.float32), seen, weights)


def test_others_can_work_while_it_does(busy_while: Callable[[Callable[[], object]], int]) -> None:
    depth = np.zeros((4000, 4000), np.float32)
    assert busy_while(lambda: triangle().depth(VERTICES * 1000, 0, 0, depth)) > 3
