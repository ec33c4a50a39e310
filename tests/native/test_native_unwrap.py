"""The raw border of ``visibility`` and ``Unwrapper``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from visaged._native import Rasteriser, Unwrapper, visibility

CORNERS = np.array([[0, 1, 2], [1, 3, 2]], np.int32)
UV = np.array([[-0.01, 1.01], [1.01, 1.01], [-0.01, -0.01], [1.01, -0.01]], np.float32)
"""The whole texture, and a little more, so that texels on its border belong to it."""

SIZE = 9
PLANE = np.array([[-0.1, 8.1, -0.1, 8.1], [-0.1, -0.1, 8.1, 8.1], [3, 3, 3, 3]], np.float32)


def noise(height: int = 12, width: int = 14) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


def unwrapped(
    vertices: NDArray[np.float32], image: NDArray[np.uint8], depth: NDArray[np.float32], left: int = 0, top: int = 0
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    texture, seen = np.full((SIZE, SIZE, 3), 99, np.uint8), np.ones((SIZE, SIZE), np.bool_)
    Unwrapper(UV, CORNERS, SIZE).unwrap(vertices, image, depth, left, top, 0.5, texture, seen)
    return texture, seen


def empty() -> NDArray[np.float32]:
    return np.full((12, 14), np.nan, np.float32)


def test_a_plane_gives_the_picture_back() -> None:
    image = np.repeat(np.repeat(noise(6, 7), 2, axis=0), 2, axis=1)
    image[:] = np.linspace(0, 250, 14)[:, None]
    texture, seen = unwrapped(PLANE + np.array([[2], [1], [0]], np.float32), image, empty())
    assert seen.all()
    assert np.abs(texture.astype(int) - image[1:10, 2:11]).max() <= 2


def test_what_is_behind_something_is_black_and_not_seen() -> None:
    image, depth = noise(), np.zeros((12, 14), np.float32)
    Rasteriser(CORNERS, 4).depth(PLANE, 0, 0, depth)
    depth[:, :5] = 4
    texture, seen = unwrapped(PLANE, image, depth)
    assert not seen[:, :4].any()
    assert seen[1:8, 5:8].all()
    assert not texture[~seen].any()


def test_what_is_outside_of_the_picture_is_black_and_not_seen() -> None:
    texture, seen = unwrapped(PLANE - 4, noise(), empty())
    assert not seen[:4].any()
    assert not seen[:, :4].any()
    assert seen[5:, 5:].all()
    assert not texture[~seen].any()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38])
def test_a_mesh_that_is_nowhere_is_not_seen(value: float) -> None:
    texture, seen = unwrapped(np.full((3, 4), value, np.float32), noise(), empty())
    assert not seen.any()
    assert not texture.any()


def test_rows_of_a_wider_picture_are_read_in_place() -> None:
    view = noise(30, 40)[3:15, 5:19]
    for expected, found in zip(unwrapped(PLANE, view.copy(), empty()), unwrapped(PLANE, view, empty()), strict=True):
        np.testing.assert_array_equal(expected, found)


@pytest.mark.parametrize("shape", [(0, 5, 3), (5, 0, 3)])
def test_a_picture_without_pixels_is_a_value_error(shape: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="image must be"):
        unwrapped(PLANE, np.zeros(shape, np.uint8), empty())


@pytest.mark.parametrize("size", [-1, 0, 1, (1 << 14) + 1])
def test_a_texture_of_an_impossible_size_is_a_value_error(size: int) -> None:
    with pytest.raises(ValueError, match="texture's side"):
        Unwrapper(UV, CORNERS, size)


@pytest.mark.parametrize(
    ("uv", "corners"),
    [
        (UV.astype(np.float64), CORNERS),
        (UV.T, CORNERS),
        (UV.ravel(), CORNERS),
        (np.zeros((4, 3), np.float32), CORNERS),
        (np.full((4, 2), np.nan, np.float32), CORNERS),
        (UV[:3], CORNERS),
        (UV, CORNERS.astype(np.int64)),
        (UV, CORNERS - 1),
    ],
)
def test_uvs_or_triangles_that_do_not_fit_are_a_value_error(uv: NDArray[Any], corners: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match=r"uv must|UVs must|triangles must|does not exist"):
        Unwrapper(uv, corners, SIZE)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("vertices", PLANE[:, :3].copy()),
        ("vertices", PLANE.astype(np.float64)),
        ("image", noise()[..., 0]),
        ("image", noise()[::-1]),
        ("depth", np.zeros((12, 14))),
        ("depth", np.zeros(12, np.float32)),
        ("texture", np.zeros((SIZE, SIZE, 4), np.uint8)),
        ("texture", np.zeros((SIZE, SIZE + 1, 3), np.uint8)),
        ("texture", np.broadcast_to(np.uint8(0), (SIZE, SIZE, 3))),
        ("seen", np.zeros((SIZE, SIZE), np.uint8)),
        ("seen", np.zeros((SIZE, SIZE, 1), np.bool_)),
    ],
)
def test_an_array_of_the_wrong_kind_is_named_in_a_value_error(name: str, wrong: NDArray[Any]) -> None:
    given: dict[str, Any] = {
        "vertices": PLANE,
        "image": noise(),
        "depth": empty(),
        "left": 0,
        "top": 0,
        "tolerance": 1.0,
        "texture": np.zeros((SIZE, SIZE, 3), np.uint8),
        "seen": np.zeros((SIZE, SIZE), np.bool_),
    }
    with pytest.raises(ValueError, match=f"{name} must be"):
        Unwrapper(UV, CORNERS, SIZE).unwrap(**(given | {name: wrong}))


def test_a_point_is_seen_unless_all_that_covers_its_pixels_is_nearer() -> None:
    depth = np.full((2, 3), 5, np.float32)
    depth[0, 2] = np.nan
    points = np.array([[10.5, 10.5, 11.5, 90, np.nan], [20.5, 20.5, 20.5, 20, 20], [4, 2, 0, 0, 9]], np.float32)
    found = visibility(points, depth, 10, 20, 2)
    assert found.dtype == np.bool_
    assert found.tolist() == [True, False, False, True, False]


@pytest.mark.parametrize(
    "points", [np.zeros((2, 5), np.float32), np.zeros((3, 5)), np.zeros((5, 3), np.float32).T, np.zeros(3, np.float32)]
)
def test_points_of_the_wrong_kind_are_a_value_error(points: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match="points must be"):
        visibility(points, empty(), 0, 0, 1)


@pytest.mark.parametrize("place", [(-(2**31), 0), (0, -(2**31)), (2**31 - 1, 2**31 - 1)])
def test_a_place_too_far_away_is_a_value_error(place: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="1032192 pixels"):
        visibility(np.zeros((3, 1), np.float32), empty(), *place, 1)
    with pytest.raises(ValueError, match="1032192 pixels"):
        unwrapped(PLANE, noise(), empty(), *place)


def test_others_can_work_while_it_does(busy_while: Callable[[Callable[[], object]], int]) -> None:
    points = np.zeros((3, 10_000_000), np.float32)
    assert busy_while(lambda: visibility(points, empty(), 0, 0, 1)) > 3
