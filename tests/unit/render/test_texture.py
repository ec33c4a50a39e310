"""The texture of a face, and which of its vertices are seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from visaged.render.renderer import Renderer
from visaged.values import Image, Mesh

MeshOf = Callable[..., Mesh]


@pytest.fixture(scope="module")
def picture() -> Image:
    """(240, 320, 3): every place has its own colour, and neighbours have similar ones."""
    x, y = np.meshgrid(np.linspace(0, 255, 320), np.linspace(0, 255, 240))
    return np.dstack([x, y, 255 - x]).astype(np.uint8)


def test_a_texture_is_what_the_picture_shows_of_each_place(renderer: Renderer, mesh_of: MeshOf, picture: Image) -> None:
    mesh = mesh_of(160, 120, 200)
    texture, seen = renderer.uv_texture(picture, mesh, 65)
    assert texture.shape == (65, 65, 3)
    assert seen.dtype == np.bool_
    assert not texture[~seen].any()
    assert 0.7 < seen.mean() < 0.9  # the UVs of the made face are its place on an ellipse
    (left, top, _), (right, bottom, _) = mesh.vertices.min(axis=1), mesh.vertices.max(axis=1)
    row, column = np.nonzero(seen)
    x, y = left + column / 64 * (right - left), top + row / 64 * (bottom - top)
    expected = np.stack([x / 319 * 255, y / 239 * 255, 255 - x / 319 * 255], axis=1)
    assert np.abs(texture[seen] - expected).max() < 4


def test_the_far_side_of_a_turned_face_is_not_in_its_texture(
    renderer: Renderer, mesh_of: MeshOf, picture: Image
) -> None:
    left, right = np.s_[20:44, 4:8], np.s_[20:44, 56:60]
    for yaw, near, far in ((60, right, left), (-60, left, right)):  # positive: the nose points to the left
        _, seen = renderer.uv_texture(picture, mesh_of(160, 120, 200, yaw=yaw), 64)
        assert seen[near].mean() > 0.9
        assert seen[far].mean() < 0.1


def test_a_face_that_appears_larger_hides_the_texture_of_one_behind_it(
    renderer: Renderer, mesh_of: MeshOf, picture: Image
) -> None:
    small, large = mesh_of(160, 120, 60), mesh_of(160, 120, 200)
    alone = renderer.uv_texture(picture, small, 32)[1]
    assert alone.mean() > 0.5
    assert not renderer.uv_texture(picture, small, 32, [small, large])[1].any()
    assert renderer.uv_texture(picture, large, 32, [small, large])[1].mean() > 0.5
    beside = mesh_of(40, 120, 70)
    assert (renderer.uv_texture(picture, small, 32, [beside])[1] == alone).all()


def test_textures_of_several_sizes_can_be_had(renderer: Renderer, mesh_of: MeshOf, picture: Image) -> None:
    mesh = mesh_of(160, 120, 200)
    for size in (2, 7, 128, 7):
        texture, seen = renderer.uv_texture(picture, mesh, size)
        assert texture.shape == (size, size, 3)
        assert seen.shape == (size, size)


def test_all_of_a_face_from_the_front_is_visible_and_less_from_the_side(renderer: Renderer, mesh_of: MeshOf) -> None:
    assert renderer.visible_vertices(mesh_of(160, 120, 200)).mean() > 0.98
    assert renderer.visible_vertices(mesh_of(160, 120, 200, yaw=70)).mean() < 0.8
    assert renderer.visible_vertices(mesh_of(-900, 5000, 4000)).mean() > 0.98  # the picture does not matter
