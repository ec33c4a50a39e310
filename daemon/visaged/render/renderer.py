"""Draws surfaces: depth, codes, normals, light, and the texture of a face."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from visaged import _native
from visaged.models import lacks
from visaged.render.occlusion import TOLERANCE
from visaged.render.surface import Surface
from visaged.values import DepthMap, Image, Mesh

FARTHEST_GREY, NEAREST_GREY = 64, 255
"""Of a depth picture: the background is 0, and even the farthest point of a face differs from it."""

LARGEST_FOR_VISIBILITY = 512.0
"""Pixels; to find out what is hidden, larger faces are drawn as small as this."""

Window = tuple[int, int, int, int]
"""left, top, width, height: pixels of the picture."""

Colours = NDArray[np.uint8]
"""(N, 4): blue, green and red of each vertex, and a byte that is not used."""


class Renderer:
    """Draws the surfaces that ``surface`` reconstructs. Keeps buffers: one object per thread.

    Where faces overlap the one that appears larger is in front, whole: weak perspective knows no distances, and heads
    are of about one size.
    """

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._rasteriser = _native.Rasteriser(surface.triangles, surface.dense.vertices)
        self._depth = np.empty(0, np.float32)
        self._pixels = np.empty(0, np.uint8)
        self._normals = np.empty((surface.dense.vertices, 4), np.float32)
        self._colours = np.zeros((surface.dense.vertices, 4), np.uint8)
        self._unwrappers: dict[int, _native.Unwrapper] = {}

    def depth(self, mesh: Mesh, width: int, height: int) -> DepthMap:
        """The depth of ``mesh`` in a picture of ``width`` x ``height`` pixels, cropped to the face.

        It has no pixels where the face is not in the picture.
        """
        place = _window(mesh.vertices, width, height)
        if place is None:
            return DepthMap(np.empty((0, 0), np.float32), 0, 0, mesh.scale)
        return DepthMap(self._draw_depth(mesh.vertices, place).copy(), place[0], place[1], mesh.scale)

    def depth_picture(self, image: Image, meshes: Sequence[Mesh]) -> Image:
        """A picture of the size of ``image``: far is dark, near is bright, what is no face is black."""
        return self._picture(np.zeros_like(image), meshes, self._grey_by_depth)

    def pncc(self, image: Image, meshes: Sequence[Mesh]) -> Image:
        """A picture of the size of ``image`` of the projected normalised coordinate codes, on black.

        x, y and z of the mean face, normalised to 0 to 255, are blue, green and red, as 3DDFA_V2 has them (Zhu et al.,
        Face Alignment Across Large Poses, CVPR 2016). Raises ModelError where the pack has no codes.
        """
        codes = self._codes
        return self._picture(np.zeros_like(image), meshes, lambda _: codes)

    def normals(self, image: Image, meshes: Sequence[Mesh]) -> Image:
        """A picture of the size of ``image`` of the surface's directions, on black.

        Red for x (right), green for y (up), blue for z (at the viewer); -1 to 1 becomes 0 to 255.
        """
        return self._picture(np.zeros_like(image), meshes, self._directions)

    def overlay(self, image: Image, meshes: Sequence[Mesh], alpha: float = 0.6) -> Image:
        """A copy of ``image`` with the lit surface over it, ``alpha`` of which shows."""
        return self._picture(image.copy(), meshes, self._lit, image, alpha)

    def uv_texture(
        self, image: Image, mesh: Mesh, size: int = 256, others: Sequence[Mesh] = ()
    ) -> tuple[Image, NDArray[np.bool_]]:
        """The face's texture (size, size, 3), and which texels the picture shows; the others are black.

        Texel (0, 0) is the top-left, where u is 0 and v is 1. Those of the ``others`` in the picture that appear larger
        hide what is behind them. Raises ModelError where the pack has no UVs.
        """
        texture, seen = np.zeros((size, size, 3), np.uint8), np.zeros((size, size), np.bool_)
        unwrapper = self._unwrapper(size)
        place = _window(mesh.vertices, image.shape[1], image.shape[0])
        if place is not None:
            nearer = [other for other in others if other.scale > mesh.scale]
            hidden = [~np.isnan(self._draw_depth(other.vertices, place)) for other in nearer]
            depth = self._draw_depth(mesh.vertices, place)
            for mask in hidden:
                depth[mask] = np.inf
            left, top = place[:2]
            unwrapper.unwrap(mesh.vertices, image, depth, left, top, _tolerance(mesh.vertices), texture, seen)
        return texture, seen

    def visible_vertices(self, mesh: Mesh) -> NDArray[np.bool_]:
        """(N,): whether each vertex is seen, the face itself being all that could hide it; none where it is NaN."""
        # Drawn at a size that shows every vertex, and no larger.
        low = mesh.vertices.min(axis=1, keepdims=True)
        size = float((mesh.vertices.max(axis=1, keepdims=True) - low)[:2].max())
        if not math.isfinite(size):
            return np.zeros(mesh.vertices.shape[1], np.bool_)
        factor = min(1.0, LARGEST_FOR_VISIBILITY / size) if size > 0 else 1.0
        drawn = (mesh.vertices - low) * np.float32(factor)
        side = math.ceil(size * factor) + 1
        depth = self._draw_depth(drawn, (0, 0, side, side))
        return _native.visibility(drawn, depth, 0, 0, _tolerance(drawn))

    def _picture(
        self,
        target: Image,
        meshes: Sequence[Mesh],
        colours_of: Callable[[Mesh], Colours],
        under: Image | None = None,
        alpha: float = 1.0,
    ) -> Image:
        """Draw the meshes onto ``target``, the farthest first, so that nearer ones hide it."""
        height, width = target.shape[:2]
        for mesh in sorted(meshes, key=lambda mesh: mesh.scale):
            place = _window(mesh.vertices, width, height)
            if place is not None:
                left, top = place[:2]
                depth, pixels = self._buffers(place)
                self._rasteriser.colours(mesh.vertices, colours_of(mesh), left, top, depth, pixels)
                _native.blend(depth, pixels, left, top, alpha, target if under is None else under, target)
        return target

    @cached_property
    def _codes(self) -> Colours:
        if self._surface.pncc is None:
            raise lacks(self._surface.pack, "pncc")
        codes = np.zeros_like(self._colours)
        codes[:, :3] = np.rint(np.clip(self._surface.pncc, 0, 1) * 255)
        return codes

    def _grey_by_depth(self, mesh: Mesh) -> Colours:
        z = mesh.vertices[2]
        low, high = float(z.min()), float(z.max())
        grey = FARTHEST_GREY + (z - low) * ((NEAREST_GREY - FARTHEST_GREY) / max(high - low, 1e-6))
        self._colours[:, :3] = grey.round()[:, None]
        return self._colours

    def _directions(self, mesh: Mesh) -> Colours:
        self._rasteriser.normals(mesh.vertices, self._normals)
        _native.normal_colours(self._normals, self._colours)
        return self._colours

    def _lit(self, mesh: Mesh) -> Colours:
        self._rasteriser.normals(mesh.vertices, self._normals)
        _native.lit_colours(self._normals, self._colours)
        return self._colours

    def _unwrapper(self, size: int) -> _native.Unwrapper:
        if self._surface.uv is None:
            raise lacks(self._surface.pack, "uv")
        if size not in self._unwrappers:
            self._unwrappers[size] = _native.Unwrapper(self._surface.uv, self._surface.triangles, size)
        return self._unwrappers[size]

    def _draw_depth(self, vertices: NDArray[np.float32], place: Window) -> NDArray[np.float32]:
        """Depth in a buffer that the next drawing overwrites."""
        depth, _ = self._buffers(place)
        self._rasteriser.depth(vertices, place[0], place[1], depth)
        return depth

    def _buffers(self, place: Window) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Depth (h, w) and pixels (h, w, 3), in memory that is only taken anew for a larger face than ever before."""
        width, height = place[2:]
        area = width * height
        if area > self._depth.size:
            self._depth, self._pixels = np.empty(area, np.float32), np.empty(3 * area, np.uint8)
        return self._depth[:area].reshape(height, width), self._pixels[: 3 * area].reshape(height, width, 3)


def _window(vertices: NDArray[np.float32], width: int, height: int) -> Window | None:
    """The part of a picture of ``width`` x ``height`` pixels that a mesh may cover; None where that is nothing."""
    (x1, y1, z1), (x2, y2, z2) = vertices.min(axis=1).tolist(), vertices.max(axis=1).tolist()
    if not all(map(math.isfinite, (x1, y1, z1, x2, y2, z2))):
        return None
    left, top = max(math.ceil(x1), 0), max(math.ceil(y1), 0)
    right, bottom = min(math.floor(x2), width - 1), min(math.floor(y2), height - 1)
    return (left, top, right - left + 1, bottom - top + 1) if left <= right and top <= bottom else None


def _tolerance(vertices: NDArray[np.float32]) -> float:
    return TOLERANCE * float(np.ptp(vertices[:2], axis=1).max())
