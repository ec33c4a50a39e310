"""Turning a photographed face: new pose, lids, jaw and light, by drawing its own picture on its own mesh again.

"Face profiling" (Zhu et al., CVPR 2016): the picture is the texture of the labelled mesh, with rings of hair, neck and
background around it; the project's rasteriser draws it from elsewhere. What was hidden before is drawn stretched.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
import topology as t
from mesh import Mesh
from placing import in_crop

from visaged import _native

OVAL = (
    *(10, 109, 67, 103, 54, 21, 162, 127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148),
    *(152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 356, 389, 251, 284, 332, 297, 338),
)
"""The border of the face, from the top of the forehead by the person's right ear."""
RINGS = ((0.12, 0.22), (0.32, 0.5), (0.7, 0.65), (1.5, 0.7), (3.0, 0.75))
"""Of the surround: how far out in the picture, and how far behind the face's border, both in sizes of the face."""
JAW_SHARES = (0.8, 0.3, 0, 0, 0)
"""How much of the jaw's move each ring makes."""
OPEN_MOUTH = 0.1
DARKEST = 0.5  # how much of the ambient light a face that is turned away from the lamp may lose
NOWHERE = -1e4  # pixels
TOLERANCE = 2.0  # pixels that something may be nearer without hiding what is behind
UNCHANGED_LIGHT = np.array([1.0, 0, 0, 0])


@dataclass(frozen=True)
class Source:
    """A picture (256, 256, 3), its mesh's vertices (n, 3) in the model's frame (micrometres), surround included, and
    where in the picture the colour of each vertex is (n, 2)."""

    image: np.ndarray
    vertices: np.ndarray
    places: np.ndarray


@dataclass(frozen=True)
class Shot:
    """How a source is shown: through ``camera`` (3, 4; crop pixels, 1-based, y up), with ``roles`` (3,) added, lit by
    ``light`` (4,): ambient and direction. ``mouth`` (3,): colour inside. ``behind`` (size, size, 3) uint8."""

    camera: np.ndarray
    roles: np.ndarray
    light: np.ndarray
    mouth: np.ndarray
    behind: np.ndarray


class Turned(NamedTuple):
    """``picture`` (size, size, 3); ``seen``: how much of the left and the right eye is not hidden; ``vertices`` (3, n)
    in the picture: x, y down, z at the viewer."""

    picture: np.ndarray
    seen: tuple[float, ...]
    vertices: np.ndarray


class Turner:
    """Draws sources anew. ``mesh``: the coarse mesh. ``roles`` (3, 478, 3): what lids and jaw do. ``pairs`` (478,)."""

    def __init__(self, mesh: Mesh, roles: np.ndarray, pairs: np.ndarray) -> None:
        self._mesh = mesh
        first = len(mesh.copied)
        surround = np.zeros((3, len(OVAL) * len(RINGS), 3))
        surround[2] = np.concatenate([roles[2, list(OVAL)] * share for share in JAW_SHARES])
        self._moves = np.concatenate([mesh.with_steady_eyes(roles[:, mesh.copied]), surround], axis=1)
        self._triangles = np.concatenate([mesh.triangles, _ring_faces(first)]).astype(np.int32)
        self._rasteriser = _native.Rasteriser(self._triangles, first + len(OVAL) * len(RINGS))
        lids = np.array(t.RIGHT_UPPER_LID[1:-1] + t.RIGHT_LOWER_LID[1:-1])
        self.lids = (pairs[lids], lids)

    def source(
        self, image: np.ndarray, points: np.ndarray, scale: float, rotation: np.ndarray, shift: np.ndarray
    ) -> Source:
        """``points`` (478, 3) of the picture, y up; scale, rotation and shift take the model to them."""
        around = _surround(points)
        skin, surround = ((places - shift) @ rotation / scale for places in (points, around))
        vertices = np.concatenate([self._mesh.vertices(skin), surround])
        places = np.concatenate([points[self._mesh.copied], around])[:, :2] * [1, -1]
        return Source(image, vertices, places)

    def turned(self, source: Source, shot: Shot) -> Turned:
        """The source as the shot shows it."""
        moved = source.vertices + np.einsum("k,kvc->vc", shot.roles, self._moves)
        size = len(shot.behind)
        vertices = np.ascontiguousarray(in_crop(moved, shot.camera, size).T, np.float32)
        shown, depth, values = self._interpolated(vertices, self._attributes(source, shot, vertices), size)
        maps = np.full((size, size, 2), NOWHERE, np.float32)
        maps[shown] = values[:, :2]
        picture = cv2.remap(source.image, maps, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        if shot.roles[2] > OPEN_MOUTH:
            inside = values[:, 3:]
            picture[shown] = picture[shown] * (1 - inside) + shot.mouth * inside
        if shot.light[0] != 1:
            picture[shown] = np.clip(picture[shown] * values[:, 2:3], 0, 255)
        picture[~shown] = shot.behind[~shown]
        return Turned(picture, tuple(_seen(vertices, lids, depth) for lids in self.lids), vertices)

    def _attributes(self, source: Source, shot: Shot, vertices: np.ndarray) -> np.ndarray:
        """(n, 4): where in the picture the colour of each vertex is, how bright it is lit, and 1 inside the mouth."""
        attributes = np.zeros((vertices.shape[1], 4), np.float32)
        attributes[:, :2] = source.places
        attributes[:, 2] = self._shade(vertices, shot.light)
        attributes[self._mesh.mouth, 3] = 1
        return attributes

    def _interpolated(
        self, vertices: np.ndarray, attributes: np.ndarray, size: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Where a surface shows (size, size), its depth there, and the attributes (s, a) of all pixels that show it."""
        depth = np.empty((size, size), np.float32)
        triangle, weights = np.empty((size, size), np.int32), np.zeros((size, size, 2), np.float32)
        self._rasteriser.triangles(vertices, 0, 0, depth, triangle, weights)
        shown = triangle >= 0
        corners = self._triangles[triangle[shown]]
        second, third = weights[shown].T[..., None]
        values = attributes[corners[:, 0]] * (1 - second - third)
        values += attributes[corners[:, 1]] * second + attributes[corners[:, 2]] * third
        return shown, depth, values

    def _shade(self, vertices: np.ndarray, light: np.ndarray) -> np.ndarray:
        """(n,): how bright each vertex is; lambertian, 1 everywhere for a light of ambient 1 and no direction."""
        if not light[1:].any():
            return np.full(vertices.shape[1], light[0], np.float32)
        normals = np.empty((vertices.shape[1], 4), np.float32)
        self._rasteriser.normals(vertices, normals)
        return light[0] + np.maximum(normals[:, :3] @ light[1:].astype(np.float32), -DARKEST * light[0])


def _surround(points: np.ndarray) -> np.ndarray:
    """(180, 3): the rings around a face with these ``points`` (478, 3)."""
    border = points[list(OVAL)]
    centre, size = points[: t.IRISES[0][0]].mean(0), np.ptp(points[: t.IRISES[0][0], 1])
    rings = [
        np.concatenate([border[:, :2] + (border - centre)[:, :2] * out, border[:, 2:] - behind * size], axis=1)
        for out, behind in RINGS
    ]
    return np.concatenate(rings)


def _ring_faces(first: int) -> np.ndarray:
    """(360, 3): the faces between the oval and the rings around it, wound as the skin (clockwise from the front)."""
    count = len(OVAL)
    loops = [list(OVAL)] + [list(range(first + k * count, first + (k + 1) * count)) for k in range(len(RINGS))]
    faces = []
    for inner, outer in pairwise(loops):
        for i in range(count):
            j = (i + 1) % count
            faces += [(inner[i], outer[j], outer[i]), (inner[i], inner[j], outer[j])]
    return np.array(faces)


def _seen(vertices: np.ndarray, points: np.ndarray, depth: np.ndarray) -> float:
    """The share of ``points`` that nothing is in front of."""
    x, y = np.rint(vertices[:2, points]).astype(int)
    side = len(depth)
    inside = (x >= 0) & (y >= 0) & (x < side) & (y < side)
    nearest = depth[np.clip(y, 0, side - 1), np.clip(x, 0, side - 1)]
    return float((inside & ~(nearest > vertices[2, points] + TOLERANCE)).mean())
