"""Which landmarks a face hides by itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visaged import _native
from visaged.models import Pack
from visaged.render.surface import check_topology, dense_model
from visaged.values import Face
from visaged.vision.face_model import model_arrays

CELLS = 60
"""The mean face's longest side is divided into so many; the vertices of a cell become one."""

SIDE = 192
"""Pixels of the longer side of the drawing in which hidden landmarks are found."""

TOLERANCE = 0.02
"""What lies deeper than what is seen there by less than this part of the face's size counts as seen, too."""

Array = NDArray[Any]


class Occlusion:
    """Finds hidden landmarks in a small drawing of a coarse surface, at a fifth of what drawing the whole costs.

    Keeps buffers: one object per thread. ``dense``: the vertices of the surface, of ``triangles`` (M, 3), followed by
    the landmarks. ``size``: the side of the regressor's crop.
    """

    def __init__(self, dense: _native.DenseModel, triangles: NDArray[np.int32], landmarks: int, size: int) -> None:
        self._dense = dense
        self._rasteriser = _native.Rasteriser(triangles, dense.vertices)
        self._landmarks = landmarks
        self._size = size
        self._vertices = np.empty((3, dense.vertices), np.float32)
        self._depth = np.empty((SIDE + 1, SIDE + 1), np.float32)

    def hidden(self, face: Face) -> NDArray[np.bool_]:
        """(68,): whether the face itself is in front of each landmark; all true where the face is nowhere (NaN)."""
        vertices = self._vertices
        self._dense.project(face.params, face.roi, vertices, self._size)
        low = vertices.min(axis=1, keepdims=True)
        extent = float((vertices.max(axis=1, keepdims=True) - low)[:2].max())
        if not (math.isfinite(extent) and extent > 0):
            return np.ones(self._landmarks, np.bool_)
        vertices -= low
        vertices *= np.float32(SIDE / extent)
        self._rasteriser.depth(vertices, 0, 0, self._depth)
        points = np.ascontiguousarray(vertices[:, -self._landmarks :])
        return ~_native.visibility(points, self._depth, 0, 0, TOLERANCE * SIDE)


def open_occlusion(pack: Pack) -> Occlusion | None:
    """For the faces of ``pack``; None where it has no triangles.

    Raises ModelError where the arrays of its face model do not fit each other.
    """
    spec, arrays = model_arrays(pack, optional=("triangles",))
    if "triangles" not in arrays:
        return None
    check_topology(pack, len(arrays["mean"]) // 3, arrays)
    vertices, triangles = coarse(arrays["mean"].reshape(-1, 3), arrays["triangles"])
    landmarks = arrays["landmark_indices"]
    dense = dense_model(pack, spec, arrays, np.concatenate([vertices, landmarks]))
    return Occlusion(dense, triangles, len(landmarks), spec.size)


def coarse(points: Array, triangles: Array) -> tuple[Array, NDArray[np.int32]]:
    """A coarser surface: which of ``points`` (N, 3) remain, and triangles (M, 3) of numbers among these.

    Vertex clustering (Rossignac and Borrel, 1993): space is divided into cells, of which each keeps the point that is
    nearest to the mean of those in it.
    """
    cell = np.ptp(points, axis=0).max() / CELLS
    _, cluster = np.unique(np.floor((points - points.min(axis=0)) / cell), axis=0, return_inverse=True)
    cluster = cluster.ravel()  # NumPy 2.0 gives it another shape
    sizes = np.bincount(cluster)
    means = np.stack([np.bincount(cluster, axis) / sizes for axis in points.T], axis=1)
    distances = np.square(points - means[cluster]).sum(axis=1)
    by_distance = np.lexsort((distances, cluster))
    kept = by_distance[np.searchsorted(cluster[by_distance], np.arange(len(sizes)))]
    merged = cluster[triangles]
    whole = (merged != np.roll(merged, 1, axis=1)).all(axis=1)
    return kept, np.unique(merged[whole], axis=0).astype(np.int32)
