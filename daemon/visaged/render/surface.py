"""The dense surface of a pack's face model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from visaged import _native
from visaged.errors import ModelError
from visaged.models import Pack, RegressorSpec
from visaged.values import Face, Mesh
from visaged.vision.face_model import model_arrays

EVERY = slice(None)

Chosen: TypeAlias = slice | NDArray[np.integer[Any]]
"""Some vertices: a region or stride of them, or their numbers."""


@dataclass(frozen=True)
class Surface:
    """Reconstructs surfaces; safe between threads.

    ``pack`` names where it comes from. ``triangles`` (M, 3): vertex numbers, clockwise where one sees the
    outside. ``landmark_indices`` (68,): the vertices that are landmarks. ``uv`` (N, 2) in [0, 1] with v up and ``pncc``
    (N, 3) in [0, 1] are None where the pack has none. ``size``: the side of the regressor's crop in pixels.
    """

    pack: str
    triangles: NDArray[np.int32]
    landmark_indices: NDArray[np.int32]
    uv: NDArray[np.float32] | None
    pncc: NDArray[np.float32] | None
    size: int
    dense: _native.DenseModel

    def mesh(self, face: Face) -> Mesh:
        """All vertices of a face in the image; NaN throughout where its parameters are not finite."""
        x1, y1, x2, y2 = face.roi
        vertices = np.empty((3, self.dense.vertices), np.float32)
        self.dense.project(face.params, face.roi, vertices, self.size)
        return Mesh(vertices, face.pose.scale * (x2 - x1 + y2 - y1) / 2 / self.size)


def open_surface(pack: Pack) -> Surface:
    """The surface of ``pack``; raises ModelError where its face model is incomplete or its arrays do not fit."""
    spec, arrays = model_arrays(pack, ("triangles",), optional=("uv", "pncc"))
    dense = dense_model(pack, spec, arrays)
    check_topology(pack, dense.vertices, arrays)
    return Surface(
        pack=pack.name,
        triangles=arrays["triangles"],
        landmark_indices=arrays["landmark_indices"],
        uv=arrays.get("uv"),
        pncc=arrays.get("pncc"),
        size=spec.size,
        dense=dense,
    )


def open_dense(pack: Pack, vertices: Chosen = EVERY) -> _native.DenseModel:
    """The dense model of the chosen ones of the pack's vertices; raises ModelError as ``open_surface`` does."""
    return dense_model(pack, *model_arrays(pack), vertices)


def dense_model(
    pack: Pack, spec: RegressorSpec, arrays: Mapping[str, NDArray[Any]], vertices: Chosen = EVERY
) -> _native.DenseModel:
    """The same from ``arrays`` that ``model_arrays`` has read; raises ModelError where they cannot be used."""
    mean, shape, expression = (_rows(arrays[name], vertices) for name in ("mean", "shape_basis", "expression_basis"))
    typical = np.ascontiguousarray(arrays["param_std"][spec.pose :])
    try:
        return _native.DenseModel(mean, [shape, expression], typical)
    except ValueError as exc:
        raise ModelError(f"{pack.folder}: the face model cannot be used ({exc}); import it again") from exc


def _rows(array: NDArray[Any], vertices: Chosen) -> NDArray[Any]:
    by_vertex = array.reshape(-1, 3, *array.shape[1:])[vertices]
    return np.ascontiguousarray(by_vertex.reshape(-1, *array.shape[1:]))


def check_topology(pack: Pack, vertices: int, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Raise ModelError unless the triangles, and UVs and codes if any, are those of so many vertices."""
    triangles = arrays["triangles"]
    extras = {name: (vertices, columns) for name, columns in (("uv", 2), ("pncc", 3)) if name in arrays}
    fits = triangles.shape[1:] == (3,) and len(triangles) > 0
    fits &= all(arrays[name].shape == shape and np.isfinite(arrays[name]).all() for name, shape in extras.items())
    if not fits or not 0 <= triangles.min() <= triangles.max() < vertices:
        raise ModelError(f"{pack.folder}: triangles, UVs or codes do not fit the {vertices} vertices; import it again")
