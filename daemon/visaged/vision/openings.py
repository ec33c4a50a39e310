"""How far the eyes and the mouth are open: the part of a face that is gone before a filter on the whole has noticed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LIDS = (((37, 41), (38, 40)), ((43, 47), (44, 46)))
LIPS = ((61, 67), (62, 66), (63, 65))
"""Upper and lower landmarks, in the order of the 68 (iBUG 300-W)."""

LEAST_SINGULAR_VALUE = 0.01
"""What the expression can hardly do, in parts of what it does most easily, is not asked of it."""


class Openings:
    """Three numbers in model units, linear in the coefficients: how much farther than in the mean face the lids of each
    eye (the first two) and the lips (the last) are apart, along the y axis of the model.

    ``basis`` (204, n): the 68 landmark vertices, x, y, z in turn, by the coefficients, of which the first ``shape`` are
    of the shape and the others of the expression.
    """

    def __init__(self, basis: NDArray[np.floating], shape: int) -> None:
        y = basis[1::3].astype(np.float64)
        self._rows = np.array([np.mean([y[a] - y[b] for a, b in pairs], axis=0) for pairs in (*LIDS, LIPS)])
        self._shape = shape
        self._inverse = np.linalg.pinv(self._rows[:, shape:], LEAST_SINGULAR_VALUE)

    def of(self, coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
        """The openings (3,) of a face with these coefficients (n,)."""
        openings: NDArray[np.float64] = self._rows @ coefficients
        return openings

    def opened(self, coefficients: NDArray[np.float64], openings: NDArray[np.float64]) -> NDArray[np.float64]:
        """The coefficients (n,) nearest to these that have those ``openings`` (3,): the expression gives way."""
        changed: NDArray[np.float64] = coefficients.copy()
        changed[self._shape :] += self._inverse @ (openings - self.of(coefficients))
        return changed
