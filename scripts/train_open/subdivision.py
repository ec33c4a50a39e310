"""A smooth surface through the vertices of a coarse mesh: Loop's subdivision.

Weights: Loop (1987), with Warren's beta for inner vertices and the cubic B-spline along borders.
"""

from collections.abc import Iterable

import numpy as np
from scipy.sparse import csr_matrix, identity

Edge = tuple[int, int]
Weights = dict[int, float]
"""How much of which old vertex a new one is."""


def smooth(faces: np.ndarray, count: int, levels: int) -> tuple[np.ndarray, np.ndarray]:
    """The faces (m, 3) of a smooth surface through all ``count`` vertices, and the dense matrix (N, count) that gives
    its own vertices, of which the first are the old ones.

    Loop's surface shrinks away from its control points, so the control points are solved for.
    """
    matrix, total = identity(count, format="csr"), count
    for _ in range(levels):
        faces, step = subdivide(faces, total)
        matrix, total = step @ matrix, step.shape[0]
    dense = matrix.toarray()
    return faces, dense @ np.linalg.inv(dense[:count])


def subdivide(faces: np.ndarray, count: int) -> tuple[np.ndarray, csr_matrix]:
    """One step: each triangle becomes four.

    Returns the new faces and the matrix (new, ``count``) from old to new vertices; the old ones keep their numbers.
    """
    across = _across(faces)
    rows = [_moved(i, near, border) for i, (near, border) in enumerate(_neighbours(across, count))]
    rows += [_middle(edge, opposite) for edge, opposite in across.items()]
    return _quartered(faces, {edge: count + i for i, edge in enumerate(across)}), _matrix(rows, count)


def _across(faces: np.ndarray) -> dict[Edge, list[int]]:
    """The corners opposite to each edge: two, or one at a border."""
    across: dict[Edge, list[int]] = {}
    for a, b, c in faces.tolist():
        for i, j, k in ((a, b, c), (b, c, a), (c, a, b)):
            across.setdefault(_edge(i, j), []).append(k)
    return across


def _quartered(faces: np.ndarray, middles: dict[Edge, int]) -> np.ndarray:
    """(4 m, 3): three corners, and what lies between the middles of the edges."""
    finer = []
    for a, b, c in faces.tolist():
        ab, bc, ca = middles[_edge(a, b)], middles[_edge(b, c)], middles[_edge(c, a)]
        finer += [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    return np.array(finer, np.int32)


def _matrix(rows: list[Weights], count: int) -> csr_matrix:
    entries = [(row, column, weight) for row, weights in enumerate(rows) for column, weight in weights.items()]
    row, column, weight = zip(*entries, strict=True)
    return csr_matrix((weight, (row, column)), shape=(len(rows), count))


def _neighbours(across: dict[Edge, list[int]], count: int) -> Iterable[tuple[list[int], list[int]]]:
    """Of each vertex: all others that it has an edge with, and those with which it has a border."""
    near: list[list[int]] = [[] for _ in range(count)]
    border: list[list[int]] = [[] for _ in range(count)]
    for (i, j), opposite in across.items():
        for one, other in ((i, j), (j, i)):
            near[one].append(other)
            if len(opposite) == 1:
                border[one].append(other)
    return zip(near, border, strict=True)


def _moved(vertex: int, near: list[int], border: list[int]) -> Weights:
    """Where an old vertex goes."""
    if not near:
        return {vertex: 1.0}
    if border:
        return {vertex: 3 / 4, border[0]: 1 / 8, border[1]: 1 / 8}
    beta = 3 / 16 if len(near) == 3 else 3 / (8 * len(near))
    return {vertex: 1 - beta * len(near), **dict.fromkeys(near, beta)}


def _middle(edge: Edge, opposite: list[int]) -> Weights:
    """The new vertex on an edge."""
    if len(opposite) != 2:
        return dict.fromkeys(edge, 1 / 2)
    return {**dict.fromkeys(edge, 3 / 8), **dict.fromkeys(opposite, 1 / 8)}


def _edge(i: int, j: int) -> Edge:
    return min(i, j), max(i, j)
