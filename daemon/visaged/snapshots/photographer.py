"""From a face to everything its snapshot holds: renders the depth, encodes the pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from visaged.errors import SnapshotError, VisagedError
from visaged.formats.ply import encode_ply
from visaged.formats.png import encode_png
from visaged.formats.solid import solid_of
from visaged.formats.text import on_one_line
from visaged.render.renderer import Renderer
from visaged.render.surface import Surface
from visaged.snapshots import names
from visaged.snapshots.describe import Origin, describe
from visaged.snapshots.levels import Levels, to_levels
from visaged.snapshots.record import File, Record, encode
from visaged.snapshots.request import Request
from visaged.snapshots.triggers import Trigger
from visaged.values import DepthMap, Face, Image, Mesh

GREY = np.uint8(190)
KINDS = {names.DEPTH: "depth", names.MESH: "mesh", names.COLOUR: "colour"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A snapshot that is not on disk yet: ``parts`` by the ending of their names, and what is known of them."""

    parts: Mapping[str, bytes]
    facts: Record

    @property
    def size(self) -> int:
        """The bytes of its parts."""
        return sum(map(len, self.parts.values()))

    def sidecar(self, name: str) -> bytes:
        """The sidecar's bytes, now that the snapshot has a ``name``."""
        files = [_file(name + ending, KINDS[ending], content) for ending, content in self.parts.items()]
        return encode(replace(self.facts, name=name, files=files))


class Photographer:
    """Takes snapshots with a renderer of its own; belongs to one thread.

    ``ply``: the mesh, too, in colour where that is kept. ``rgb``: the same cut-out of the camera's picture, too.
    """

    def __init__(self, surface: Surface, origin: Origin, *, ply: bool, rgb: bool) -> None:
        self._surface = surface
        self._renderer = Renderer(surface)
        self._origin = origin
        self._ply = ply
        self._rgb = rgb

    def take(self, request: Request, face: Face, trigger: Trigger) -> Picture:
        """One face of ``request``; SnapshotError where nothing of it can be seen."""
        if not (np.isfinite(face.params).all() and np.isfinite(face.landmarks).all()):
            raise SnapshotError("no_surface", f"face {face.id} has parameters that are no numbers")
        mesh = self._surface.mesh(face)
        seen = self._renderer.depth(mesh, request.width, request.height)
        values, levels = _levels(seen, face)
        parts = {names.DEPTH: _png(values)}
        if self._ply:
            parts[names.MESH] = self._mesh(request, mesh)
        if self._rgb and request.image is not None:
            parts[names.COLOUR] = _png(_cut(request.image, seen))
        return Picture(parts, describe(self._origin, request, face, trigger, seen=seen, levels=levels))

    def _mesh(self, request: Request, mesh: Mesh) -> bytes:
        """As PLY, grey where colours are not to be kept."""
        grey = np.broadcast_to(GREY, (request.height, request.width, 3))
        image = grey if request.image is None else request.image
        about = on_one_line(f"face model {self._origin.pack.name}, {self._origin.pack.licence}")
        return encode_ply([solid_of(mesh, self._surface.triangles, image)], [about])


def _levels(seen: DepthMap, face: Face) -> tuple[NDArray[np.uint16], Levels]:
    try:
        return to_levels(seen.relative_depth)
    except ValueError as exc:
        raise SnapshotError("no_surface", f"nothing of face {face.id} is inside the picture") from exc


def _cut(image: Image, seen: DepthMap) -> Image:
    height, width = seen.relative_depth.shape
    return image[seen.top : seen.top + height, seen.left : seen.left + width]


def _png(picture: NDArray[Any]) -> bytes:
    try:
        return encode_png(picture)
    except VisagedError as exc:
        raise SnapshotError("not_encoded", str(exc)) from exc


def _file(name: str, kind: str, content: bytes) -> File:
    return File(name=name, kind=kind, size=len(content), sha256=hashlib.sha256(content).hexdigest())
