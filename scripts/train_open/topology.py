"""The topology of MediaPipe's face mesh: triangles, mirror images and named loops of its 478 points."""

from collections import deque

import numpy as np

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
CHIN, LOWER_LIP = 152, (14, 17, 87, 317, 84, 314)
MIDLINE = (10, 151)
"""An edge on the mirror plane, at the top of the forehead."""


def triangles(edges: np.ndarray) -> np.ndarray:
    """(852, 3): the faces of the mesh that ``edges`` (m, 2) draw, all wound like the first.

    Three points that are linked but enclose others (the wings of the nose) are no face: all their edges already have two.
    """
    near: list[set[int]] = [set() for _ in range(POINTS)]
    for a, b in edges.tolist():
        near[a].add(b)
        near[b].add(a)
    found = [(a, b, c) for a, b in edges.tolist() for c in sorted(near[a] & near[b]) if b < c]
    count: dict[frozenset[int], int] = {}
    for face in found:
        for edge in _edges(face):
            count[edge] = count.get(edge, 0) + 1
    return wound_alike([face for face in found if any(count[edge] < 3 for edge in _edges(face))])


def wound_alike(faces: list[tuple[int, int, int]]) -> np.ndarray:
    """The same faces, each turned so that neighbours agree on what is front."""
    by_edge: dict[frozenset[int], list[int]] = {}
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
    """(478,): the number of each point's mirror image, found by walking from the midline on both sides at once."""
    faces = triangles(edges)
    apexes: dict[frozenset[int], set[int]] = {}
    for face in faces.tolist():
        for edge in _edges(face):
            apexes.setdefault(edge, set()).update(set(face) - edge)
    pairs = {MIDLINE[0]: MIDLINE[0], MIDLINE[1]: MIDLINE[1]}
    left, right = sorted(apexes[frozenset(MIDLINE)])
    queue = deque([((*MIDLINE, left), (*MIDLINE, right))])
    done = set()
    while queue:
        here, there = queue.popleft()
        if frozenset(here) in done:
            continue
        done |= {frozenset(here), frozenset(there)}
        pairs.setdefault(here[2], there[2])
        pairs.setdefault(there[2], here[2])
        for i, j in ((0, 2), (1, 2)):
            beyond = apexes[frozenset((here[i], here[j]))] - {here[3 - i - j]}
            across = apexes[frozenset((there[i], there[j]))] - {there[3 - i - j]}
            if beyond and across:
                queue.append(((here[i], here[j], beyond.pop()), (there[i], there[j], across.pop())))
    for first, second in KNOWN_PAIRS.items():
        pairs[first], pairs[second] = second, first
    return np.array([pairs[number] for number in range(POINTS)])


def _edges(face: tuple[int, ...]) -> list[frozenset[int]]:
    a, b, c = face
    return [frozenset((a, b)), frozenset((b, c)), frozenset((c, a))]
