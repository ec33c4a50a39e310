"""Millimetres from pixels. Weak perspective has no metric depth: what is said here is an estimate and flagged as one.

A face at distance Z appears with f / Z pixels per unit of length (pinhole camera with the focal length f in pixels;
Hartley and Zisserman, Multiple View Geometry, 6.1). The fit's scale s is pixels per model unit, so Z = f / s.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from visaged.snapshots.record import DISTANCE_FORMULA, Millimetres

MODEL_UNIT = "micrometre"
MM_PER_MODEL_UNIT = 1e-3
"""The unit of BFM packs, and of every pack so far."""


def millimetres(scale: float, focal_length_px: float, reference_depth_px: float) -> Millimetres | None:
    """For a face of ``scale`` pixels per model unit whose landmarks lie at ``reference_depth_px`` in the mean.

    None without a focal length.
    """
    if not focal_length_px:
        return None
    return Millimetres(
        estimate=True,
        mm_per_px=MM_PER_MODEL_UNIT / scale,
        reference_depth_px=reference_depth_px,
        reference_distance_mm=focal_length_px * MM_PER_MODEL_UNIT / scale,
        formula=DISTANCE_FORMULA,
    )


def distance(depth: NDArray[np.float32], known: Millimetres) -> NDArray[np.float32]:
    """Estimated millimetres from the camera for ``depth`` in pixels, by ``DISTANCE_FORMULA``."""
    nearer = (depth.astype(np.float64) - known.reference_depth_px) * known.mm_per_px
    return (known.reference_distance_mm - nearer).astype(np.float32)
