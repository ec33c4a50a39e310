"""The topology of MediaPipe's face mesh: triangles, mirror images and named loops of its 478 points."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence

import numpy as np

Face = tuple[int, int, int]
Edge = frozenset[int]

POINTS = 478
IRISES = ((468, 469, 470, 471, 472), (473, 474, 475, 476, 477))
"""Centre and ring of the person's right and left iris."""
KNOWN_PAIRS = {468: 473, 469: 476, 470: 475, 471: 474, 472: 477, 33: 263, 246: 466, 20: 250, 238: 458}
"""Mirror images that the mesh does not tell: of the irises, and where its diagonals are not symmetric."""

RIGHT_UPPER_LID = (33, 246, 161, 160, 159, 158, 157, 173, 133)
RIGHT_LOWER_LID = (33, 7, 163, 144, 145, 153, 154, 155, 133)
RIGHT_ABOVE_LID = ((247, 30, 29, 27, 28, 56, 190), (113, 225, 224, 223, 222, 221, 189))
"""Rows of skin above the upper lid's inner points, nearest first."""
INNER_LIPS = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
OUTER_CORNERS = (33, 263)
"""Of the right and the left eye."""
MIDLINE = (10, 151)
"""An edge on the mirror plane, at the top of the forehead."""


def triangles(edges: np.ndarray) -> np.ndarray:
    """(852, 3): the faces of the mesh that ``edges`` (m, 2) draw, all wound like the first.

    Three points that are linked but enclose others (the wings of the nose) are no face: all their edges have two faces
    already.
    """
    near: list[set[int]] = [set() for _ in range(POINTS)]
    for a, b in edges.tolist():
        near[a].add(b)
        near[b].add(a)
    found = [(a, b, c) for a, b in edges.tolist() for c in sorted(near[a] & near[b]) if b < c]
    count = Counter(edge for face in found for edge in _edges(face))
    return wound_alike([face for face in found if any(count[edge] < 3 for edge in _edges(face))])


def wound_alike(faces: list[Face]) -> np.ndarray:
    """(n, 3): the same faces, each turned so that neighbours agree on what is front."""
    by_edge: dict[Edge, list[int]] = {}
    for number, face in enumerate(faces):
        for edge in _edges(face):
            by_edge.setdefault(edge, []).append(number)
    turned = {0: faces[0]}
    queue = deque([0])
    while queue:
        number = queue.popleft()
        a, b, c = turned[number]
        for first, second in ((a, b), (b, c), (c, a)):
            for other in by_edge[frozenset((first, second))]:
                if other not in turned:
                    (third,) = set(faces[other]) - {first, second}
                    turned[other] = (second, first, third)
                    queue.append(other)
    return np.array([turned[number] for number in range(len(faces))], np.int32)


def mirror(edges: np.ndarray) -> np.ndarray:
    """(478,): the number of each point's mirror image."""
    pairs = _paired(_apexes(triangles(edges)))
    for first, second in KNOWN_PAIRS.items():
        pairs[first], pairs[second] = second, first
    return np.array([pairs[number] for number in range(POINTS)])


def _paired(apexes: dict[Edge, set[int]]) -> dict[int, int]:
    """Mirror images, found by walking from the midline on both sides at once, from face to face."""
    pairs = {point: point for point in MIDLINE}
    right, left = sorted(apexes[frozenset(MIDLINE)])
    queue: deque[tuple[Face, Face]] = deque([((*MIDLINE, right), (*MIDLINE, left))])
    done: set[frozenset[int]] = set()
    while queue:
        here, there = queue.popleft()
        if frozenset(here) in done:
            continue
        done |= {frozenset(here), frozenset(there)}
        pairs.setdefault(here[2], there[2])
        pairs.setdefault(there[2], here[2])
        queue.extend(_next_faces(here, there, apexes))
    return pairs


def _next_faces(here: Face, there: Face, apexes: dict[Edge, set[int]]) -> Iterator[tuple[Face, Face]]:
    """What lies beyond the two newer edges of either face, where something does on both sides."""
    for i, j in ((0, 2), (1, 2)):
        beyond = apexes[frozenset((here[i], here[j]))] - {here[3 - i - j]}
        across = apexes[frozenset((there[i], there[j]))] - {there[3 - i - j]}
        if beyond and across:
            yield (here[i], here[j], beyond.pop()), (there[i], there[j], across.pop())


def _apexes(faces: np.ndarray) -> dict[Edge, set[int]]:
    """The points that make a face of an edge."""
    apexes: dict[Edge, set[int]] = {}
    for face in faces.tolist():
        for edge in _edges(face):
            apexes.setdefault(edge, set()).update(set(face) - edge)
    return apexes


def _edges(face: Sequence[int]) -> list[Edge]:
    a, b, c = face
    return [frozenset((a, b)), frozenset((b, c)), frozenset((c, a))]
