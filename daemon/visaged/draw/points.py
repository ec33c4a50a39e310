"""All vertices of a face, as a cloud of dots."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from visaged.draw.canvas import FARTHEST, THICKEST, colour_of, put_dots
from visaged.values import Face, Image, Mesh

_DOTS = 60
"""Across a face, at most: so close they show its surface, and let the picture through."""


def draw_points(image: Image, faces: Iterable[tuple[Face, Mesh]]) -> Image:
    """A copy of ``image`` with the vertices of each mesh in the colour of its face.

    Where they are closer than the eye can tell apart, the foremost of them stand for their neighbours.
    """
    canvas: Image = image.copy()
    for face, mesh in faces:
        points = np.clip(mesh.vertices, -FARTHEST, FARTHEST)
        pitch = max(2, round(float(np.ptp(points[:2], axis=1).max()) / _DOTS))
        put_dots(canvas, _thinned(points, pitch), colour_of(face), min(math.ceil(pitch / 2.5), THICKEST))
    return canvas


def _thinned(points: NDArray[np.floating], pitch: int) -> NDArray[np.floating]:
    """(n, 2): the foremost of ``points`` (3, N) in each square of ``pitch`` pixels."""
    foremost_first = points[:, np.argsort(-points[2])]
    column, row = np.floor(foremost_first[:2] / pitch).astype(np.int64)
    _, chosen = np.unique(row * int(4 * FARTHEST) + column, return_index=True)
    thinned: NDArray[np.floating] = foremost_first[:2, chosen].T
    return thinned
