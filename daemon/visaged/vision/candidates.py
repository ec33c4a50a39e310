"""What a detection network proposes, before doubles are removed."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[np.float32]

RIGHT_EYE, LEFT_EYE, NOSE, RIGHT_MOUTH, LEFT_MOUTH = range(36, 42), range(42, 48), [30], [48], [54]
"""The iBUG landmarks whose mean is each of the five points; right and left are the person's own."""


class Candidates(msgspec.Struct, frozen=True):
    """``boxes`` (n, 4) and ``scores`` (n,); ``points`` (n, 5, 2): right eye, left eye, nose tip, right and left mouth
    corner, None where the network does not tell. In pixels."""

    boxes: Tensor
    scores: Tensor
    points: Tensor | None

    def placed(self, scale: float, x: float, y: float) -> Candidates:
        """The same in the pixels of a picture of which one pixel is ``scale`` of these, with the origin at x, y."""
        boxes = self.boxes / np.float32(scale) + np.array((x, y, x, y), np.float32)
        points = None if self.points is None else self.points / np.float32(scale) + np.array((x, y), np.float32)
        return Candidates(boxes, self.scores, points)

    def chosen(self, which: NDArray[np.bool_]) -> Candidates:
        """Those for which ``which`` (n,) is true."""
        return Candidates(self.boxes[which], self.scores[which], None if self.points is None else self.points[which])


class Presence(msgspec.Struct, frozen=True):
    """What a detector that looks at a region says of the face that was fitted there.

    ``score`` in [0, 1], 0 where it sees no face that overlaps the fitted one. ``disagreement``: mean distance of its
    five points to the fitted ones, in sides of the region; None where it does not tell. ``upside_down``: it would
    rather see a face the other way up; false where it was not asked.
    """

    score: float
    disagreement: float | None = None
    upside_down: bool = False


def five_points(landmarks: Tensor) -> Tensor:
    """The five points (5, 2) of 68 landmarks (68, 3)."""
    points: Tensor = AVERAGING @ landmarks[:, :2]
    return points


def _averaging() -> Tensor:
    matrix = np.zeros((5, 68), np.float32)
    for row, indices in enumerate((RIGHT_EYE, LEFT_EYE, NOSE, RIGHT_MOUTH, LEFT_MOUTH)):
        matrix[row, list(indices)] = 1 / len(indices)
    return matrix


AVERAGING = _averaging()
