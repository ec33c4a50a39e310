"""Wavefront files (OBJ with MTL), as MeshLab, Blender and trimesh read them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from visaged.formats import text
from visaged.formats.solid import COORDINATES, Solid

_FRACTIONS = np.ceil(np.arange(256) / 255 * 1e4) / 1e4
"""Of each colour value, rounded up, for MeshLab rounds them down."""


def encode_obj(
    solids: Sequence[tuple[str, Solid]], comments: Sequence[str] = (), materials: str | None = None
) -> bytes:
    """``solids`` by name as one file: each its own object, its vertices with colours as most programs read them.

    ``materials`` is the name of the MTL file beside it that has a material of each solid's name; all solids need UVs
    then. ``comments`` are a line each. Raises ValueError where there is no solid, a name has other characters than
    letters, digits, '.', '-' and '_' or appears twice, or UVs are missing.
    """
    if not solids:
        raise ValueError("an OBJ file needs a surface at least")
    if len({name for name, _ in solids}) < len(solids):
        raise ValueError("the names of an OBJ file's objects must differ")
    parts = [text.comments("#", [COORDINATES, *comments])]
    if materials is not None:
        parts.append(f"mtllib {text.name(materials)}\n".encode())
    first = 1
    for name, solid in solids:
        parts += _object(text.name(name), solid, first, textured=materials is not None)
        first += len(solid.vertices)
    return b"".join(parts)


def encode_mtl(textures: Sequence[tuple[str, str]]) -> bytes:
    """Materials by name, each with the file name of its texture; they shine by themselves, for the light is in the
    texture already.

    Raises ValueError as encode_obj does.
    """
    materials = [
        f"newmtl {text.name(name)}\nKa 1 1 1\nKd 1 1 1\nKs 0 0 0\nillum 0\nmap_Kd {text.name(file)}\n"
        for name, file in textures
    ]
    return "\n".join(materials).encode()


def _object(name: str, solid: Solid, first: int, *, textured: bool) -> list[bytes]:
    """The lines of one object, whose vertices (and UVs) are numbered from ``first``."""
    vertices = text.lines("v %.4f %.4f %.4f %.4f %.4f %.4f", solid.vertices, _FRACTIONS[solid.colours])
    triangles = solid.triangles.astype("i8") + first
    if not textured:
        return [f"o {name}\n".encode(), vertices, text.lines("f %d %d %d", triangles)]
    if solid.uv is None:
        raise ValueError(f"the surface {name!r} has no UVs, so no texture can cover it")
    faces = text.lines("f %d/%d %d/%d %d/%d", triangles.repeat(2, axis=1))
    return [f"o {name}\n".encode(), vertices, text.lines("vt %.6f %.6f", solid.uv), f"usemtl {name}\n".encode(), faces]
