"""Rows of points joined by triangles: tubes, and what closes them."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
Triangles = NDArray[np.int32]


def outline(triangles: Triangles) -> NDArray[np.int32]:
    """The longest loop of edges that belong to one triangle only, in the direction in which that triangle has them.

    ``triangles`` (M, 3) of a surface with an edge; a loop ends where it meets itself.
    """
    directed = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]).tolist()
    uses = Counter((min(a, b), max(a, b)) for a, b in directed)
    following = {a: b for a, b in directed if uses[min(a, b), max(a, b)] == 1}
    loops: list[list[int]] = []
    while following:
        loop = [next(iter(following))]
        while (after := following.pop(loop[-1], None)) is not None:
            loop.append(after)
        loops.append(loop[:-1])
    return np.array(max(loops, key=len), np.int32)


def tube(rows: NDArray[np.integer]) -> Triangles:
    """Triangles between the rows of ``rows`` (K, R), vertex numbers, each row a closed loop.

    Where the first row is the ``outline`` of a surface, they continue it with the same side out.
    """
    upper, lower = rows[:-1], rows[1:]
    upper_next, lower_next = np.roll(upper, -1, axis=1), np.roll(lower, -1, axis=1)
    first = np.stack([upper_next, upper, lower], axis=-1)
    second = np.stack([upper_next, lower, lower_next], axis=-1)
    return np.concatenate([first.reshape(-1, 3), second.reshape(-1, 3)]).astype(np.int32)


def rings(centres: Points, radii: Points, count: int) -> Points:
    """(K, count, 3): ellipses that lie flat, clockwise as seen from above (so ``tube`` faces out if they descend).

    ``centres`` (K, 3), ``radii`` (K, 2): in x and z.
    """
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    circle = np.stack([np.cos(turn), np.zeros(count), np.sin(turn)], axis=1)
    wide = np.insert(radii, 1, 0, axis=1)
    return np.asarray(centres[:, None] + wide[:, None] * circle, np.float32)
