"""Polygon files (PLY), as MeshLab, Blender and trimesh read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from visaged.formats import text
from visaged.formats.solid import COORDINATES, Solid

Form = Literal["binary", "ascii"]

_VERTEX = np.dtype([("place", "<f4", 3), ("colour", "u1", 3)])
_FACE = np.dtype([("count", "u1"), ("indices", "<i4", 3)])


def encode_ply(solids: Sequence[Solid], comments: Sequence[str] = (), form: Form = "binary") -> bytes:
    """All ``solids`` as one file: vertices with colours, then triangles; binary is little-endian.

    ``comments`` are a line each. Raises ValueError where there is no solid, or a comment would not stay on its line.
    """
    if not solids:
        raise ValueError("a PLY file needs a surface at least")
    vertices = np.concatenate([solid.vertices for solid in solids]).astype(np.float32)
    colours = np.concatenate([solid.colours for solid in solids])
    triangles = _numbered_on(solids)
    header = _header(len(vertices), len(triangles), comments, form)
    if form == "ascii":
        return header + text.lines("%.4f %.4f %.4f %d %d %d", vertices, colours) + text.lines("3 %d %d %d", triangles)
    return header + _records(_VERTEX, vertices, colours) + _records(_FACE, 3, triangles)


def _numbered_on(solids: Sequence[Solid]) -> NDArray[np.int64]:
    """The triangles of all solids, whose vertices follow each other."""
    firsts = np.cumsum([0, *(len(solid.vertices) for solid in solids[:-1])])
    return np.concatenate(
        [solid.triangles.astype(np.int64) + first for solid, first in zip(solids, firsts, strict=True)]
    )


def _header(vertices: int, faces: int, comments: Sequence[str], form: Form) -> bytes:
    kind = "ascii" if form == "ascii" else "binary_little_endian"
    elements = [f"element vertex {vertices}"]
    elements += [f"property float {axis}" for axis in "xyz"]
    elements += [f"property uchar {colour}" for colour in ("red", "green", "blue")]
    elements += [f"element face {faces}", "property list uchar int vertex_indices", "end_header"]
    beginning = f"ply\nformat {kind} 1.0\n".encode()
    return beginning + text.comments("comment", [COORDINATES, *comments]) + "\n".join([*elements, ""]).encode()


def _records(dtype: np.dtype[np.void], first: object, second: object) -> bytes:
    """Records of two fields each, the second of which has a row for every record."""
    records = np.empty(len(np.asarray(second)), dtype)
    assert dtype.names is not None
    records[dtype.names[0]], records[dtype.names[1]] = first, second
    return records.tobytes()
