"""The mesh of the face model: MediaPipe's 478 points, eyeballs and a mouth behind them, and the same made finer.

Eyeballs and mouth are surfaces of their own that lie a little behind the skin, so that lids slide over an eye and lips
open before a dark mouth instead of stretching.
"""

from dataclasses import dataclass

import numpy as np
import topology as t
from scipy.sparse import csr_matrix, identity
from scipy.spatial import Delaunay

EYE_GROWN, EYE_BEHIND, EYE_SAMPLED = 1.3, 2500.0, 0.6
"""How much larger than its opening an eyeball's patch is, how far behind (micrometres), and where in it colours are taken."""
LIP_HIDDEN, MOUTH_BEHIND = 3000.0, 4000.0
"""How far the mouth's patch reaches behind the lips, and how far behind them it lies (micrometres)."""


@dataclass(frozen=True)
class Mesh:
    """``copied`` (n,): the point that each vertex moves with; the first 478 are the points themselves.
    ``parts``: vertex numbers of the skin, the eyeballs and the mouth. ``triangles`` (m, 3)."""

    copied: np.ndarray
    triangles: np.ndarray
    eyes: tuple[np.ndarray, np.ndarray]
    mouth: np.ndarray

    def vertices(self, points: np.ndarray) -> np.ndarray:
        """(n, 3) micrometres: the mesh at rest for ``points`` (478, 3), y up, z at the viewer."""
        vertices = points[self.copied].copy()
        for eye, iris in zip(self.eyes, t.IRISES, strict=True):
            centre = points[list(iris[:1])]
            vertices[eye] = centre + (vertices[eye] - centre) * EYE_GROWN
            vertices[eye, 2] = points[self.copied[eye], 2] - EYE_BEHIND
        half = len(self.mouth) // 2
        vertices[self.mouth[:half], 1] += LIP_HIDDEN
        vertices[self.mouth[half:], 1] -= LIP_HIDDEN
        vertices[self.mouth, 2] -= MOUTH_BEHIND
        return vertices

    def colour_places(self, points: np.ndarray) -> np.ndarray:
        """(n, 3): where on a face with these ``points`` the colour of each vertex is to be looked up."""
        places = points[self.copied].copy()
        for eye, iris in zip(self.eyes, t.IRISES, strict=True):
            centre = points[list(iris[:1])]
            places[eye] = centre + (places[eye] - centre) * EYE_SAMPLED
        return places


def build(points: np.ndarray, edges: np.ndarray) -> Mesh:
    """The mesh for mean ``points`` (478, 3)."""
    pairs = t.mirror(edges)
    right = np.array(t.RIGHT_UPPER_LID + t.RIGHT_LOWER_LID[-2:0:-1])
    upper, lower = t.INNER_LIPS[:11], (t.INNER_LIPS[0], *t.INNER_LIPS[:10:-1], t.INNER_LIPS[10])
    copied = np.concatenate([np.arange(t.POINTS), right, pairs[right], upper, lower])
    first = t.POINTS
    eyes = (np.arange(first, first + 16), np.arange(first + 16, first + 32))
    mouth = np.arange(first + 32, first + 54)
    mesh = Mesh(copied, np.zeros((0, 3), np.int32), eyes, mouth)
    rest = mesh.vertices(points)
    faces = [t.triangles(edges)]
    for eye, iris in zip(eyes, t.IRISES, strict=True):
        inside = np.concatenate([eye, iris])
        faces.append(inside[Delaunay(rest[inside, :2]).simplices])
    top, bottom = mouth[:11], mouth[11:]
    strip = [(top[i], bottom[i], top[i + 1]) for i in range(10)] + [
        (top[i + 1], bottom[i], bottom[i + 1]) for i in range(10)
    ]
    faces.append(np.array(strip))
    return Mesh(copied, facing(rest, np.concatenate(faces)), eyes, mouth)


def facing(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """The same triangles, clockwise as seen from the front (y up): what most of a connected part shows decides."""
    normal = np.cross(vertices[faces[:, 1]] - vertices[faces[:, 0]], vertices[faces[:, 2]] - vertices[faces[:, 0]])
    faces = faces.copy()
    skin = np.arange(len(faces)) < 852
    if normal[skin, 2].sum() > 0:
        faces[skin] = faces[skin][:, ::-1]
    back = ~skin & (normal[:, 2] > 0)
    faces[back] = faces[back][:, ::-1]
    return faces.astype(np.int32)


def subdivide(faces: np.ndarray, count: int) -> tuple[np.ndarray, csr_matrix]:
    """One step of Loop's subdivision: each triangle becomes four.

    Returns the new faces and the matrix (new, ``count``) from old to new vertices; the old ones keep their numbers.
    Weights: Loop (1987), with Warren's beta for inner vertices and the cubic B-spline along borders.
    """
    edges, across = {}, {}
    for a, b, c in faces.tolist():
        for i, j, k in ((a, b, c), (b, c, a), (c, a, b)):
            edges.setdefault((min(i, j), max(i, j)), count + len(edges))
            across.setdefault((min(i, j), max(i, j)), []).append(k)
    rows = [_moved(i, near, border) for i, (near, border) in enumerate(_neighbours(edges, across, count))]
    for (i, j), opposite in across.items():
        rows.append(
            {i: 3 / 8, j: 3 / 8, opposite[0]: 1 / 8, opposite[1]: 1 / 8} if len(opposite) == 2 else {i: 0.5, j: 0.5}
        )
    key = lambda i, j: edges[min(i, j), max(i, j)]  # noqa: E731
    finer = [
        corner
        for a, b, c in faces.tolist()
        for corner in (
            (a, key(a, b), key(c, a)),
            (key(a, b), b, key(b, c)),
            (key(c, a), key(b, c), c),
            (key(a, b), key(b, c), key(c, a)),
        )
    ]
    data = [(row, column, weight) for row, weights in enumerate(rows) for column, weight in weights.items()]
    row, column, weight = zip(*data, strict=True)
    return np.array(finer, np.int32), csr_matrix((weight, (row, column)), shape=(len(rows), count))


def _neighbours(edges, across, count):
    near, border = [[] for _ in range(count)], [[] for _ in range(count)]
    for (i, j), opposite in across.items():
        for one, other in ((i, j), (j, i)):
            near[one].append(other)
            if len(opposite) == 1:
                border[one].append(other)
    return zip(near, border, strict=True)


def _moved(vertex: int, near: list[int], border: list[int]) -> dict[int, float]:
    if not near:
        return {vertex: 1.0}
    if border:
        return {vertex: 3 / 4, border[0]: 1 / 8, border[1]: 1 / 8}
    beta = 3 / 16 if len(near) == 3 else 3 / (8 * len(near))
    return {vertex: 1 - beta * len(near), **dict.fromkeys(near, beta)}


def smooth(faces: np.ndarray, count: int, levels: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """The faces of a smooth surface through all ``count`` vertices, and the dense matrix (N, count) that gives its own.

    Loop's surface shrinks away from its control points, so the control points are solved for.
    """
    matrix = identity(count, format="csr")
    total = count
    for _ in range(levels):
        faces, step = subdivide(faces, total)
        matrix, total = step @ matrix, step.shape[0]
    dense = matrix.toarray()
    return faces, dense @ np.linalg.inv(dense[:count])
