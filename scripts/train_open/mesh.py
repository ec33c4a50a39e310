"""The mesh of the face model: MediaPipe's 478 points, with eyeballs and a mouth behind them.

Eyeballs and mouth are surfaces of their own that lie a little behind the skin, so that lids slide over an eye and lips
open before a dark mouth instead of stretching.
"""

from dataclasses import dataclass

import numpy as np
import topology as t
from scipy.spatial import Delaunay

EYE_GROWN, EYE_BEHIND, EYE_SAMPLED = 1.3, 2500.0, 0.6
"""How much larger than its opening an eyeball's patch is, how far behind (micrometres), and where in it its colours are
taken."""
LIP_HIDDEN, MOUTH_BEHIND = 3000.0, 4000.0
"""How far the mouth's patch reaches behind the lips, and how far behind them it lies (micrometres)."""
MOUTH_COLOUR = (38.0, 30.0, 66.0)
"""Of the inside of a mouth: blue, green, red."""
STEPS_ALONG_LIPS = 10


@dataclass(frozen=True)
class Mesh:
    """``copied`` (n,): the point that each vertex moves with; the first 478 are the points themselves.

    ``triangles`` (m, 3), those of the skin first. ``eyes`` and ``mouth``: which vertices are the right and the left
    eyeball's, and the mouth's.
    """

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

    def with_steady_eyes(self, modes: np.ndarray) -> np.ndarray:
        """The same ``modes`` (k, n, 3) of its vertices, the first two of which, lids, do not move the eyeballs."""
        steady = modes.copy()
        for eye in self.eyes:
            steady[:2, eye] = 0
        return steady

    def colour_places(self, points: np.ndarray) -> np.ndarray:
        """(n, 3): where on a face with these ``points`` the colour of each vertex is to be looked up."""
        places = points[self.copied].copy()
        for eye, iris in zip(self.eyes, t.IRISES, strict=True):
            centre = points[list(iris[:1])]
            places[eye] = centre + (places[eye] - centre) * EYE_SAMPLED
        return places


def build(points: np.ndarray, edges: np.ndarray) -> Mesh:
    """The mesh for mean ``points`` (478, 3)."""
    copied, eyes, mouth = _patches(t.mirror(edges))
    rest = Mesh(copied, np.zeros((0, 3), np.int32), eyes, mouth).vertices(points)
    faces = [t.triangles(edges)]
    for eye, iris in zip(eyes, t.IRISES, strict=True):
        inside = np.concatenate([eye, iris])
        faces.append(inside[Delaunay(rest[inside, :2]).simplices])
    faces.append(_strip(mouth))
    return Mesh(copied, facing(rest, np.concatenate(faces), skin=len(faces[0])), eyes, mouth)


def _patches(pairs: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray], np.ndarray]:
    """``copied``, ``eyes`` and ``mouth`` of the mesh."""
    right = np.array(t.RIGHT_UPPER_LID + t.RIGHT_LOWER_LID[-2:0:-1])
    upper, lower = t.INNER_LIPS[:11], (t.INNER_LIPS[0], *t.INNER_LIPS[:10:-1], t.INNER_LIPS[10])
    groups = [np.arange(t.POINTS), right, pairs[right], upper, lower]
    ends = np.cumsum([len(group) for group in groups])
    eyes = np.arange(ends[0], ends[1]), np.arange(ends[1], ends[2])
    return np.concatenate(groups), eyes, np.arange(ends[2], ends[4])


def _strip(mouth: np.ndarray) -> np.ndarray:
    """(20, 3): the triangles between the upper and the lower half of the mouth's vertices."""
    top, bottom = np.split(mouth, 2)
    steps = range(STEPS_ALONG_LIPS)
    left = [(top[i], bottom[i], top[i + 1]) for i in steps]
    right = [(top[i + 1], bottom[i], bottom[i + 1]) for i in steps]
    return np.array(left + right)


def facing(vertices: np.ndarray, faces: np.ndarray, skin: int) -> np.ndarray:
    """The same triangles, clockwise as seen from the front (y up).

    What most of the first ``skin`` of them show decides for all of these; each other one is on its own.
    """
    first, second, third = (vertices[faces[:, corner]] for corner in range(3))
    ahead = np.cross(second - first, third - first)[:, 2]
    turn = ahead > 0
    turn[:skin] = ahead[:skin].sum() > 0
    return np.where(turn[:, None], faces[:, ::-1], faces).astype(np.int32)
