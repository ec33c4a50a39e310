"""Depth in pixels as whole numbers of 16 bits, and back.

    relative_depth_px = offset + scale * value          value 1 to 65535; 0: the face is not there

The 65535 values span the depths of one snapshot, so that rounding moves none by more than half a ``scale``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

INVALID = 0
LARGEST = 65535

FINEST = 1e-6
"""Pixels between two values at least: a surface of a single depth still needs a scale to divide by."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The formula's ``scale`` and ``offset``, and the ``minimum`` and ``maximum`` of the depths, all in pixels."""

    scale: float
    offset: float
    minimum: float
    maximum: float


def to_levels(depth: NDArray[np.float32]) -> tuple[NDArray[np.uint16], Levels]:
    """The values (h, w) of ``depth`` (h, w), where what is not finite is not there, and how to read them.

    Raises ValueError where nothing is there.
    """
    there = np.isfinite(depth)
    if not there.any():
        raise ValueError("no pixel of the depth map is on the face")
    inside = depth[there].astype(np.float64)
    low, high = float(inside.min()), float(inside.max())
    scale = max((high - low) / (LARGEST - 1), FINEST)
    values = np.zeros(depth.shape, np.uint16)
    values[there] = np.clip(np.rint((inside - low) / scale) + 1, 1, LARGEST).astype(np.uint16)
    return values, Levels(scale, low - scale, low, high)


def to_depth(values: NDArray[np.uint16], scale: float, offset: float) -> NDArray[np.float32]:
    """Depth in pixels, larger is nearer, NaN where the face is not."""
    depth = offset + scale * values.astype(np.float64)
    depth[values == INVALID] = np.nan
    return depth.astype(np.float32)
