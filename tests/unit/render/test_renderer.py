"""What the pictures of a surface mean, where faces hide each other, and meshes that are hardly or not at all there."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from visaged.errors import ModelError
from visaged.models import Pack
from visaged.render.renderer import FARTHEST_GREY, Renderer
from visaged.render.surface import Surface, open_surface
from visaged.values import Image, Mesh

MeshOf = Callable[..., Mesh]
Paint = Callable[[Renderer, Image, list[Mesh]], Image]

PAINTS: dict[str, Paint] = {
    "depth": Renderer.depth_picture,
    "pncc": Renderer.pncc,
    "normals": Renderer.normals,
    "overlay": Renderer.overlay,
    "opaque overlay": lambda renderer, image, meshes: renderer.overlay(image, meshes, 1.0),
}
every_kind = pytest.mark.parametrize("kind", PAINTS)


def blank(width: int = 320, height: int = 240, grey: int = 0) -> Image:
    return np.full((height, width, 3), grey, np.uint8)


def gradient(width: int = 320, height: int = 240) -> Image:
    """A picture in which every place has its own colour, and neighbours have similar ones."""
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return np.dstack([x, y, 255 - x]).astype(np.uint8)


def moved(mesh: Mesh, x: float, y: float) -> Mesh:
    return Mesh(mesh.vertices + np.array([[x], [y], [0]], np.float32), mesh.scale)


def covered(renderer: Renderer, mesh: Mesh, width: int = 320, height: int = 240) -> NDArray[np.bool_]:
    """Where in a picture the mesh is."""
    depth, mask = renderer.depth(mesh, width, height), np.zeros((height, width), np.bool_)
    rows, columns = depth.relative_depth.shape
    mask[depth.top : depth.top + rows, depth.left : depth.left + columns] = ~np.isnan(depth.relative_depth)
    return mask


def test_depth_is_cropped_to_the_face(renderer: Renderer, mesh_of: MeshOf) -> None:
    mesh = mesh_of(160, 120, 150)
    depth = renderer.depth(mesh, 320, 240)
    low, high = mesh.vertices.min(axis=1), mesh.vertices.max(axis=1)
    assert (depth.left, depth.top) == (np.ceil(low[0]), np.ceil(low[1]))
    assert depth.relative_depth.shape == (np.floor(high[1]) - depth.top + 1, np.floor(high[0]) - depth.left + 1)
    assert depth.scale == mesh.scale
    assert 0.7 < np.mean(~np.isnan(depth.relative_depth)) < 0.9  # an ellipse in its box


def test_depth_is_the_z_of_the_surface(renderer: Renderer, mesh_of: MeshOf) -> None:
    mesh = mesh_of(160, 120, 200)
    depth = renderer.depth(mesh, 320, 240)
    inner = mesh.vertices[:, 100:300]  # the front of the head, away from its rim
    columns, rows = np.rint(inner[:2]).astype(int)
    found = depth.relative_depth[rows - depth.top, columns - depth.left]
    assert np.abs(found - inner[2]).max() < 3  # half a pixel beside the vertex
    assert np.nanmax(depth.relative_depth) <= mesh.vertices[2].max()
    assert np.nanmin(depth.relative_depth) >= mesh.vertices[2].min()


def test_the_nose_is_nearest_and_brightest(renderer: Renderer, mesh_of: MeshOf) -> None:
    mesh = mesh_of(160, 120, 200)
    picture = renderer.depth_picture(blank(), [mesh])
    assert (picture == picture[..., :1]).all()
    row, column = np.unravel_index(picture[..., 0].argmax(), picture.shape[:2])
    assert np.hypot(*(mesh.vertices[:2, 30] - (column, row))) < 12
    mask = covered(renderer, mesh)
    assert picture[mask].min() >= FARTHEST_GREY
    assert picture.max() > 250
    assert not picture[~mask].any()


def test_codes_are_the_place_on_the_mean_face(renderer: Renderer, mesh_of: MeshOf) -> None:
    mesh = mesh_of(160, 120, 200)
    picture, mask = renderer.pncc(blank(), [mesh]), covered(renderer, mesh)
    row, column = np.nonzero(mask)
    (left, top, _), (right, bottom, _) = mesh.vertices.min(axis=1), mesh.vertices.max(axis=1)
    blue, green, red = picture[mask].astype(float).T
    assert np.abs(blue - 255 * (column - left) / (right - left)).max() < 3
    assert np.abs(green - 255 * (bottom - row) / (bottom - top)).max() < 3
    assert np.corrcoef(red, renderer.depth_picture(blank(), [mesh])[mask][:, 0])[0, 1] > 0.99
    assert not picture[~mask].any()


def test_normals_show_where_the_surface_looks(renderer: Renderer, mesh_of: MeshOf) -> None:
    mesh = mesh_of(160, 120, 200)
    picture, mask = renderer.normals(blank(), [mesh]), covered(renderer, mesh)
    row, column = np.nonzero(mask)
    rightward, upward = column - column.mean(), row.mean() - row
    blue, green, red = picture[mask].astype(float).T
    assert np.corrcoef(red, rightward)[0, 1] > 0.9
    assert np.corrcoef(green, upward)[0, 1] > 0.9
    assert (blue >= 127).all()
    assert not picture[~mask].any()


def test_the_overlay_is_a_grey_surface_over_the_picture(renderer: Renderer, mesh_of: MeshOf) -> None:
    mesh, picture = mesh_of(160, 120, 200), gradient()
    mask = covered(renderer, mesh)
    opaque = renderer.overlay(picture, [mesh], 1.0)
    assert (opaque[mask] == opaque[mask][:, :1]).all()
    assert np.ptp(opaque[mask].astype(int)) > 60
    half = renderer.overlay(picture, [mesh], 0.5)
    assert np.abs(half[mask] - (picture[mask].astype(float) + opaque[mask]) / 2).max() <= 1
    np.testing.assert_array_equal(renderer.overlay(picture, [mesh], 0.0), picture)
    np.testing.assert_array_equal(half[~mask], picture[~mask])


@every_kind
def test_the_picture_given_stays_as_it_is(renderer: Renderer, mesh_of: MeshOf, kind: str) -> None:
    picture = gradient()
    painted = PAINTS[kind](renderer, picture, [mesh_of(160, 120, 200)])
    np.testing.assert_array_equal(picture, gradient())
    assert painted.shape == picture.shape
    assert not np.array_equal(painted, picture)


@every_kind
def test_the_larger_face_hides_the_smaller_one_whole(renderer: Renderer, mesh_of: MeshOf, kind: str) -> None:
    paint, picture = PAINTS[kind], gradient()
    large, small = mesh_of(160, 120, 220), mesh_of(200, 130, 90)
    small = Mesh(small.vertices + np.array([[0], [0], [1e4]], np.float32), small.scale)  # whatever their z says
    alone = paint(renderer, picture, [large])
    assert not (covered(renderer, small) & ~covered(renderer, large)).any()
    for meshes in ([large, small], [small, large]):
        np.testing.assert_array_equal(paint(renderer, picture, meshes), alone)
    aside = moved(small, 60, 0)
    beside = covered(renderer, aside) & ~covered(renderer, large)
    assert beside.any()
    other = paint(renderer, picture, [aside])
    expected = np.where(beside[..., None], other, alone)
    for meshes in ([large, aside], [aside, large]):
        np.testing.assert_array_equal(paint(renderer, picture, meshes), expected)


@every_kind
@pytest.mark.parametrize("shift", [(-150, 0), (150, 0), (0, -110), (0, 110), (-140, 100)])
def test_a_face_partly_outside_is_the_part_of_the_whole(
    renderer: Renderer, mesh_of: MeshOf, kind: str, shift: tuple[int, int]
) -> None:
    mesh, picture = mesh_of(460, 440, 200), gradient(900, 900)
    whole = PAINTS[kind](renderer, picture, [mesh])
    left, top = 300 - shift[0], 320 - shift[1]
    window = np.s_[top : top + 240, left : left + 320]
    part = PAINTS[kind](renderer, picture[window].copy(), [moved(mesh, -left, -top)])
    np.testing.assert_array_equal(part, whole[window])
    assert not np.array_equal(part, picture[window])


@every_kind
@pytest.mark.parametrize("place", [(-200, 120), (600, 120), (160, -200), (160, 500), (1e6, 1e6), (-1e9, 0)])
def test_a_face_outside_of_the_picture_is_not_in_it(
    renderer: Renderer, mesh_of: MeshOf, kind: str, place: tuple[float, float]
) -> None:
    mesh, picture = moved(mesh_of(0, 0, 200), *place), gradient()
    np.testing.assert_array_equal(PAINTS[kind](renderer, picture, [mesh]), PAINTS[kind](renderer, picture, []))
    depth = renderer.depth(mesh, 320, 240)
    assert depth.relative_depth.shape == (0, 0)
    texture, seen = renderer.uv_texture(picture, mesh, 32)
    assert not seen.any()
    assert not texture.any()


@every_kind
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38])
@pytest.mark.parametrize("vertices", [slice(None), slice(5, 9)])
@pytest.mark.filterwarnings("error")
def test_a_mesh_that_is_not_finite_is_harmless(
    renderer: Renderer, mesh_of: MeshOf, kind: str, value: float, vertices: slice
) -> None:
    mesh, picture = mesh_of(160, 120, 200), gradient()
    for row in range(3):
        broken = Mesh(mesh.vertices.copy(), mesh.scale)
        broken.vertices[row, vertices] = value
        PAINTS[kind](renderer, picture, [broken, mesh])


@pytest.mark.filterwarnings("error")
def test_a_mesh_that_is_nowhere_is_not_seen(renderer: Renderer, mesh_of: MeshOf) -> None:
    mesh = mesh_of(160, 120, 200)
    nowhere = Mesh(mesh.vertices * np.float32(np.nan), mesh.scale)
    assert not renderer.visible_vertices(nowhere).any()
    assert not renderer.uv_texture(gradient(), nowhere, 32)[1].any()
    assert renderer.depth(nowhere, 320, 240).relative_depth.size == 0


@every_kind
@pytest.mark.parametrize("size", [2, 3, 5])
def test_a_tiny_face_is_drawn(renderer: Renderer, mesh_of: MeshOf, kind: str, size: int) -> None:
    picture = blank(20, 20, 1)
    painted = PAINTS[kind](renderer, picture, [mesh_of(10, 10, size)])
    changed = (painted != PAINTS[kind](renderer, picture, [])).any(axis=2).sum()
    assert 1 <= changed <= size * size


@every_kind
def test_a_huge_face_covers_the_picture(renderer: Renderer, mesh_of: MeshOf, kind: str) -> None:
    mesh = mesh_of(160, 120, 4000)
    assert covered(renderer, mesh).all()
    painted = PAINTS[kind](renderer, blank(), [mesh])
    assert painted.any(axis=2).all()


def test_a_whole_face_of_4000_pixels_has_no_holes(renderer: Renderer, mesh_of: MeshOf) -> None:
    depth = renderer.depth(mesh_of(2000, 2000, 4000), 4000, 4000).relative_depth
    rows, columns = np.nonzero(~np.isnan(depth[::5]))
    for row in np.unique(rows)[20:-20]:
        inside = columns[rows == row]
        assert len(inside) == inside[-1] - inside[0] + 1


def test_a_depth_map_is_not_overwritten_by_the_next(renderer: Renderer, mesh_of: MeshOf) -> None:
    first = renderer.depth(mesh_of(160, 120, 200), 320, 240)
    before = first.relative_depth.copy()
    renderer.depth(mesh_of(160, 120, 180, 40), 320, 240)
    np.testing.assert_array_equal(first.relative_depth, before)


def test_memory_does_not_grow_with_the_number_of_pictures(renderer: Renderer, mesh_of: MeshOf) -> None:
    meshes, picture = [mesh_of(160, 120, size) for size in (200, 60, 150)], gradient()

    def paint_all() -> None:
        for mesh in meshes:
            for paint in PAINTS.values():
                paint(renderer, picture, [mesh])
            renderer.uv_texture(picture, mesh, 64)

    paint_all()
    tracemalloc.start()
    try:
        paint_all()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(5):
            paint_all()
        assert tracemalloc.get_traced_memory()[0] - before < 20_000
    finally:
        tracemalloc.stop()


def test_what_a_pack_lacks_is_named(spoilt: Callable[..., Pack], mesh_of: MeshOf) -> None:
    mesh, bare = mesh_of(160, 120, 200), Renderer(open_surface(spoilt(uv=None, pncc=None)))
    with pytest.raises(ModelError, match="pack '3ddfa_v2' has no UVs, so the outputs that need them"):
        bare.uv_texture(blank(), mesh)
    with pytest.raises(ModelError, match="pack '3ddfa_v2' has no PNCC codes, so the outputs that need them"):
        bare.pncc(blank(), [])
    assert bare.depth_picture(blank(), [mesh]).any()


@pytest.mark.parametrize("alpha", [-0.5, 2, np.nan])
def test_another_alpha_is_a_value_error(renderer: Renderer, mesh_of: MeshOf, alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha must be between 0 and 1"):
        renderer.overlay(blank(), [mesh_of(160, 120, 200)], alpha)


def test_two_renderers_of_one_surface_do_not_disturb_each_other(surface: Surface, mesh_of: MeshOf) -> None:
    first, second = Renderer(surface), Renderer(surface)
    mesh, other = mesh_of(160, 120, 200), mesh_of(100, 90, 80)
    expected: Any = first.normals(blank(), [mesh])
    second.overlay(blank(), [other])
    np.testing.assert_array_equal(first.normals(blank(), [mesh]), expected)
