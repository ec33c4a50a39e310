"""A surface as three-dimensional files hold it: y points up, colours belong to vertices."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visaged.values import Image, Mesh

COORDINATES = (
    "x right, y up, z towards the viewer, in pixels of the picture; x and y from the centre of its bottom left pixel, "
    "z from each face's farthest point"
)
"""What files say of their coordinates."""

_MOST_VERTICES = (1 << 31) - 1


@dataclasses.dataclass(frozen=True)
class Solid:
    """A coloured surface. Raises ValueError, one sentence, where the arrays cannot be one.

    ``vertices`` (N, 3) finite; x right, y up, z towards the viewer. ``triangles`` (M, 3) vertex indices,
    counter-clockwise as seen from outside. ``colours`` (N, 3) uint8 RGB. ``uv`` (N, 2) finite, v up, or None.
    """

    vertices: NDArray[np.float32]
    triangles: NDArray[np.int32]
    colours: NDArray[np.uint8]
    uv: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        count = len(self.vertices) if self.vertices.ndim else 0
        if not 0 < count <= _MOST_VERTICES:
            raise ValueError("a surface needs a vertex at least, and fewer than 2 to the power of 31")
        _check_floats("vertices", self.vertices, (count, 3))
        _check_triangles(self.triangles, count)
        if self.colours.dtype != np.uint8 or self.colours.shape != (count, 3):
            raise ValueError(f"the colours must be ({count}, 3) uint8, not {_form(self.colours)}")
        if self.uv is not None:
            _check_floats("UVs", self.uv, (count, 2))


def solid_of(mesh: Mesh, triangles: NDArray[np.int32], image: Image, uv: NDArray[np.float32] | None = None) -> Solid:
    """The surface ``mesh`` in the colours of ``image`` (height, width, 3), in which it lies.

    ``triangles`` (M, 3) face outward in the image, where y points down, as a Surface's do. A vertex outside the picture
    takes the colour of the nearest pixel. Raises ValueError where the arrays do not fit together or hold a NaN.
    """
    if mesh.vertices.ndim != 2 or len(mesh.vertices) != 3:
        raise ValueError(f"the vertices must be (3, N), not {_form(mesh.vertices)}")
    x, y, z = mesh.vertices
    with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused below
        upright = np.stack([x, image.shape[0] - 1 - y, z - z.min(initial=np.inf)], axis=1)
    # A mirror image turns round.
    return Solid(upright, np.ascontiguousarray(triangles[:, ::-1]), _colours(image, mesh.vertices), uv)


def _colours(image: Image, vertices: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(N, 3) RGB: the picture at each vertex, between its four nearest pixels."""
    height, width = image.shape[:2]
    last = np.array([[width - 1], [height - 1]], dtype=np.float32)
    places = np.clip(np.nan_to_num(vertices[:2]), 0, last)
    left, top = np.minimum(places.astype(np.int32), np.maximum(last.astype(np.int32) - 1, 0))
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    across, down = (places - [left, top]).astype(np.float32)[:, :, None]
    upper = image[top, left] * (1 - across) + image[top, right] * across
    lower = image[bottom, left] * (1 - across) + image[bottom, right] * across
    colours: NDArray[np.uint8] = np.rint(upper * (1 - down) + lower * down).astype(np.uint8)
    return colours[:, ::-1]


def _check_floats(what: str, array: NDArray[Any], shape: tuple[int, int]) -> None:
    if array.dtype.kind != "f" or array.shape != shape:
        raise ValueError(f"the {what} must be {shape} floats, not {_form(array)}")
    with np.errstate(over="ignore"):
        wrong = ~np.isfinite(array.astype(np.float32)).all(axis=1)
    if wrong.any():
        raise ValueError(f"the {what} must be finite float32 numbers, but number {int(wrong.argmax())} is not")


def _check_triangles(triangles: NDArray[Any], vertices: int) -> None:
    if triangles.dtype.kind not in "iu" or triangles.ndim != 2 or triangles.shape[1] != 3:
        raise ValueError(f"the triangles must be (M, 3) integers, not {_form(triangles)}")
    wrong = ((triangles < 0) | (triangles >= vertices)).any(axis=1)
    if wrong.any():
        first = int(wrong.argmax())
        raise ValueError(f"triangle {first} is {triangles[first].tolist()}, but there are {vertices} vertices")


def _form(array: NDArray[Any]) -> str:
    return f"{array.shape} {array.dtype}"
