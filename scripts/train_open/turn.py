"""Turning a photographed face: new pose, lids, jaw and light, by drawing its own picture on its own mesh again.

"Face profiling" (Zhu et al., CVPR 2016): the picture is the texture of the labelled mesh, with rings of hair, neck and
background around it; the project's rasteriser draws it from elsewhere. What was hidden before is drawn stretched.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import topology as t
from mesh import Mesh

from visaged import _native

OVAL = (10, 109, 67, 103, 54, 21, 162, 127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379)
OVAL += (365, 397, 288, 361, 323, 454, 356, 389, 251, 284, 332, 297, 338)
RINGS = ((0.12, 0.22), (0.32, 0.5), (0.7, 0.65), (1.5, 0.7), (3.0, 0.75))
"""Of the surround: how far out in the picture, and how far behind the face's border, both in sizes of the face."""
STRIP = 4  # columns beside the picture that hold the colour of an open mouth
OPEN_MOUTH = 0.1


@dataclass(frozen=True)
class Source:
    """A picture (256, 256, 3), its mesh's vertices (n, 3) in the model's frame (micrometres), surround included, and
    where in the picture the colour of each vertex is (n, 2)."""

    image: np.ndarray
    vertices: np.ndarray
    places: np.ndarray


class Turner:
    """Draws sources anew. ``mesh``: the coarse mesh. ``roles`` (3, 478, 3): what lids and jaw do. ``pairs`` (478,)."""

    def __init__(self, mesh: Mesh, roles: np.ndarray, pairs: np.ndarray) -> None:
        self._mesh = mesh
        moves = roles[:, mesh.copied].copy()
        for eye in mesh.eyes:
            moves[:2, eye] = 0
        first = len(mesh.copied)
        surround = np.zeros((3, len(OVAL) * len(RINGS), 3))
        jaw = moves[2][list(OVAL)]
        surround[2] = np.concatenate([jaw * share for share in (0.8, 0.3, 0, 0, 0)])
        self._moves = np.concatenate([moves, surround], axis=1)
        triangles = np.concatenate([mesh.triangles, _ring_faces(first)])
        self._triangles = triangles.astype(np.int32)
        self._rasteriser = _native.Rasteriser(self._triangles, first + len(OVAL) * len(RINGS))
        lids = np.array(t.RIGHT_UPPER_LID[1:-1] + t.RIGHT_LOWER_LID[1:-1])
        self.lids = (pairs[lids], lids)

    def source(
        self, image: np.ndarray, points: np.ndarray, scale: float, rotation: np.ndarray, shift: np.ndarray
    ) -> Source:
        """``points`` (478, 3) of the picture, y up; scale, rotation and shift take the model to them."""
        model = (points - shift) @ rotation / scale
        border = points[list(OVAL)]
        centre, size = points[:468].mean(0), np.ptp(points[:468, 1])
        rings = [
            np.concatenate([border[:, :2] + (border - centre)[:, :2] * out, border[:, 2:] - behind * size], axis=1)
            for out, behind in RINGS
        ]
        around = np.concatenate(rings)
        vertices = np.concatenate([self._mesh.vertices(model), (around - shift) @ rotation / scale])
        places = np.concatenate([points[self._mesh.copied], around])[:, :2] * [1, -1]
        return Source(image, vertices, places)

    def draw(
        self,
        source: Source,
        camera: np.ndarray,
        roles: np.ndarray,
        light: np.ndarray,
        size: int,
        mouth: np.ndarray,
        under: np.ndarray,
    ):
        """The source through ``camera`` (3, 4; crop pixels, y up), with ``roles`` (3,) added, lit by ``light`` (4,):
        ambient and direction. ``mouth`` (3,): colour inside. ``under`` (size, size, 3): what is behind.

        Returns the picture (size, size, 3) and how much of either eye, left and right, is not hidden.
        """
        moved = source.vertices + np.einsum("k,kvc->vc", roles, self._moves)
        drawn = moved @ camera[:, :3].T + camera[:, 3]
        vertices = np.ascontiguousarray(np.stack([drawn[:, 0] - 1, size - drawn[:, 1], drawn[:, 2]]), np.float32)
        depth = np.empty((size, size), np.float32)
        triangle, weights = np.empty((size, size), np.int32), np.zeros((size, size, 2), np.float32)
        self._rasteriser.triangles(vertices, 0, 0, depth, triangle, weights)
        shown = triangle >= 0
        corners = self._triangles[triangle[shown]]
        second, third = weights[shown].T[..., None]
        attributes = np.empty((len(moved), 3), np.float32)
        attributes[:, :2] = source.places
        attributes[:, 2] = self._shade(vertices, light)
        canvas = cv2.copyMakeBorder(source.image, 0, 0, 0, STRIP, cv2.BORDER_CONSTANT, value=mouth.tolist())
        if roles[2] > OPEN_MOUTH:
            attributes[self._mesh.mouth, :2] = source.image.shape[1] + STRIP // 2, 10
        values = attributes[corners[:, 0]] * (1 - second - third)
        values += attributes[corners[:, 1]] * second + attributes[corners[:, 2]] * third
        maps = np.full((size, size, 2), -1e4, np.float32)
        maps[shown] = values[:, :2]
        picture = cv2.remap(canvas, maps, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        if light[0] != 1:
            picture[shown] = np.clip(picture[shown] * values[:, 2:], 0, 255)
        picture[~shown] = under[~shown]
        return picture, tuple(_seen(vertices, lids, depth) for lids in self.lids), vertices

    def _shade(self, vertices: np.ndarray, light: np.ndarray) -> np.ndarray:
        """How bright each vertex is; lambertian, 1 everywhere for a light of ambient 1 and no direction."""
        if not light[1:].any():
            return np.full(vertices.shape[1], light[0], np.float32)
        normals = np.empty((vertices.shape[1], 4), np.float32)
        self._rasteriser.normals(vertices, normals)
        return light[0] + np.maximum(normals[:, :3] @ light[1:].astype(np.float32), -0.5 * light[0])


def _ring_faces(first: int) -> np.ndarray:
    """The faces between the oval and the rings around it, wound as the skin (clockwise from the front)."""
    count = len(OVAL)
    loops = [list(OVAL)] + [list(range(first + k * count, first + (k + 1) * count)) for k in range(len(RINGS))]
    faces = []
    for inner, outer in zip(loops, loops[1:], strict=False):
        for i in range(count):
            j = (i + 1) % count
            faces += [(inner[i], outer[j], outer[i]), (inner[i], inner[j], outer[j])]
    return np.array(faces)


def _seen(vertices: np.ndarray, points: np.ndarray, depth: np.ndarray, tolerance: float = 2.0) -> float:
    """The share of ``points`` that nothing is in front of."""
    x, y = np.rint(vertices[:2, points]).astype(int)
    side = len(depth)
    inside = (x >= 0) & (y >= 0) & (x < side) & (y < side)
    nearest = depth[np.clip(y, 0, side - 1), np.clip(x, 0, side - 1)]
    return float((inside & ~(nearest > vertices[2, points] + tolerance)).mean())
