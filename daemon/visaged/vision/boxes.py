"""Arithmetic on boxes: overlap and non-maximum suppression. All boxes are x1, y1, x2, y2 in pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from visaged.values import Box, Detection

SAME_FACE = 0.3
"""Boxes that overlap more than this (intersection over union) are one face."""


def intersection_over_union(a: Box, b: Box) -> float:
    """The shared area of two boxes over the area they cover together, in [0, 1]."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    together = _area(a) + _area(b) - shared
    return shared / together if together != 0 else 0.0


def fraction_inside(box: Box, width: int, height: int) -> float:
    """How much of ``box`` lies inside a picture of ``width`` x ``height`` pixels, in [0, 1]."""
    inner_width = min(box[2], width) - max(box[0], 0.0)
    inner_height = min(box[3], height) - max(box[1], 0.0)
    area = _area(box)
    if inner_width <= 0 or inner_height <= 0 or area <= 0:
        return 0.0
    return inner_width * inner_height / area


def suppress(boxes: NDArray[np.float32], scores: NDArray[np.float32], overlap: float) -> list[Detection]:
    """Greedy non-maximum suppression.

    ``boxes`` (n, 4), ``scores`` (n,). Of boxes that overlap by more than ``overlap`` (intersection over union) only
    the best stays. Best first.
    """
    order = np.argsort(-scores, kind="stable")
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept: list[Detection] = []
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(Detection(_as_box(boxes[best]), float(scores[best])))
        size = np.minimum(boxes[best, 2:], boxes[rest, 2:]) - np.maximum(boxes[best, :2], boxes[rest, :2])
        shared = np.prod(np.maximum(size, 0.0), axis=1)
        order = rest[shared <= overlap * (areas[best] + areas[rest] - shared)]
    return kept


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _as_box(row: NDArray[np.float32]) -> Box:
    x1, y1, x2, y2 = (float(v) for v in row)
    return x1, y1, x2, y2
