"""How faces differ and move: what lids and jaw do by themselves, and what pictures and videos show beyond that."""

import numpy as np
import topology as t
from layout import EXPRESSIONS, ROLES, SHAPES
from scipy.sparse import csr_matrix, diags
from scipy.sparse.linalg import spsolve

from visaged.errors import ModelError

MIRROR = np.array([-1, 1, 1])

UPPER_SHARE = 0.85  # of the closing of an eye that the upper lid does
FOLLOWING = (0.5, 0.15)  # how much of it the skin above does, row by row

JAW_ANGLE = np.radians(24.0)
EARS = (234, 454)
LOWER_LIP, UNDER_NOSE = 17, 2
CHIN_HALF_WIDTH = 22_000.0  # micrometres
WITH_JAW = (*t.INNER_LIPS[11:], 84, 314, 181, 405, 91, 321, 85, 315, 86, 316, 15, 16)
WITH_SKULL = (*t.INNER_LIPS[1:10], 40, 39, 37, 0, 267, 269, 270, 11, 12, 38, 268)
BESIDE_EARS = (234, 454, 93, 323)
LIPS_MIDDLE = (13, 14)

SMALLEST = 1e-6
"""A mode that is smaller than this part of the first one is none: there was too little to learn it from."""


def role_modes(mean: np.ndarray, edges: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """(3, 478, 3) micrometres: what shuts the left lid, the right lid, and opens the mouth wide."""
    right = lid_mode(mean)
    left = right[pairs] * MIRROR
    return np.stack([left, right, jaw_mode(mean, edges)])


def lid_mode(mean: np.ndarray) -> np.ndarray:
    """(478, 3): the right lids meet below the middle; the skin above follows."""
    move = np.zeros_like(mean)
    upper, lower = np.array(t.RIGHT_UPPER_LID), np.array(t.RIGHT_LOWER_LID)
    gap = mean[lower] - mean[upper]
    move[upper] = gap * UPPER_SHARE
    move[lower] = -gap * (1 - UPPER_SHARE)
    for row, share in zip(t.RIGHT_ABOVE_LID, FOLLOWING, strict=True):
        move[list(row)] = gap[1:-1] * share
    return move


def jaw_mode(mean: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """(478, 3): the lower jaw turns about the line through the ears; between it and the rest the skin stretches."""
    moving, still = _jaw_and_skull(mean)
    share = harmonic(edges, moving, still & ~moving)
    pivot = mean[list(EARS)].sum(0) / 2
    c, s = np.cos(JAW_ANGLE), np.sin(JAW_ANGLE)
    turn = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    return ((mean - pivot) @ turn.T - (mean - pivot)) * share[:, None]


def _jaw_and_skull(mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(478,) each: what moves with the jaw as a whole, and what does not move at all."""
    moving = (mean[:, 1] < mean[LOWER_LIP, 1]) & (np.abs(mean[:, 0]) < CHIN_HALF_WIDTH)
    moving[list(WITH_JAW)] = True
    still = mean[:, 1] > mean[UNDER_NOSE, 1]
    still[list(WITH_SKULL + BESIDE_EARS)] = True
    return moving, still


def with_lips_closed(mean: np.ndarray, jaw: np.ndarray) -> np.ndarray:
    """(478, 3): most portraits smile; the ``jaw``, its mode, goes up until the lips touch."""
    upper, lower = LIPS_MIDDLE
    gap, change = mean[upper, 1] - mean[lower, 1], jaw[upper, 1] - jaw[lower, 1]
    return mean - jaw * (gap / change)


def harmonic(edges: np.ndarray, ones: np.ndarray, zeros: np.ndarray) -> np.ndarray:
    """(n,): 1 and 0 where told, and elsewhere the mean of the neighbours."""
    count = len(ones)
    i, j = np.concatenate([edges, edges[:, ::-1]]).T
    links = csr_matrix((np.ones(len(i)), (i, j)), shape=(count, count))
    neighbours = np.asarray(links.sum(1)).ravel()
    laplace = diags(np.maximum(neighbours, 1)) - links
    free = ~(ones | zeros) & (neighbours > 0)
    share = ones.astype(float)
    share[free] = spsolve(laplace[free][:, free].tocsc(), -laplace[free][:, ones] @ np.ones(ones.sum()))
    return share


def expression_modes(changes: np.ndarray, pairs: np.ndarray, roles: np.ndarray) -> np.ndarray:
    """(10, 478, 3): the ``roles``, and how faces change beyond them, one standard deviation each.

    ``changes`` (n, 478, 3): of one person's face from its mean. Raises ModelError where they are too few.
    """
    return np.concatenate([roles, _principal(_without(changes, roles), pairs, EXPRESSIONS - len(ROLES), "changes")])


def shape_modes(differences: np.ndarray, pairs: np.ndarray, expressions: np.ndarray) -> np.ndarray:
    """(40, 478, 3): how people differ beyond expressions, one standard deviation each.

    ``differences`` (n, 478, 3): of people from the mean. Raises ModelError where they are too few.
    """
    return _principal(_without(differences, expressions), pairs, SHAPES, "people")


def _without(differences: np.ndarray, modes: np.ndarray) -> np.ndarray:
    """What no mix of ``modes`` explains."""
    flat, basis = differences.reshape(len(differences), -1), modes.reshape(len(modes), -1)
    return (flat - flat @ np.linalg.pinv(basis) @ basis).reshape(differences.shape)


def _principal(differences: np.ndarray, pairs: np.ndarray, count: int, what: str) -> np.ndarray:
    """(count, 478, 3): the principal components of the differences and their mirror images."""
    both = np.concatenate([differences, differences[:, pairs] * MIRROR]).reshape(2 * len(differences), -1)
    _, values, vt = np.linalg.svd(both, full_matrices=False)
    if len(values) < count or values[count - 1] < SMALLEST * values[0]:
        raise ModelError(
            f"{len(differences)} {what} are too few to learn {count} modes from; label more pictures or videos"
        )
    return (vt[:count] * values[:count, None] / np.sqrt(len(both))).reshape(count, -1, 3)
