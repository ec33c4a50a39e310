"""The formulas of the measures, on plain arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

INNER = slice(17, 68)
"""Of the 68 landmarks those that are not on the contour, which every face model defines differently."""

EYES = (36, 42)
"""The first of the six landmarks around each eye: the person's own right, then left."""

MOUTH = ((61, 67), (62, 66), (63, 65))
"""The upper and lower landmarks of the inner lips."""


def rotation(pitch: float, yaw: float, roll: float) -> Array:
    """The rotation (3, 3) of angles in radians: R = Rx(pitch) Ry(yaw) Rz(roll), y up, as AFLW2000-3D defines them."""
    (cx, cy, cz), (sx, sy, sz) = np.cos((pitch, yaw, roll)), np.sin((pitch, yaw, roll))
    about_x = np.array([[1, 0, 0], [0, cx, sx], [0, -sx, cx]])
    about_y = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    about_z = np.array([[cz, sz, 0], [-sz, cz, 0], [0, 0, 1]])
    turned: Array = about_x @ about_y @ about_z
    return turned


def geodesic_degrees(one: Array, other: Array) -> Array:
    """The angle (n,) of the turn from each rotation of ``one`` (n, 3, 3) to its counterpart in ``other``."""
    traces = np.einsum("nij,nij->n", one.astype(np.float64), other.astype(np.float64))
    angles: Array = np.degrees(np.arccos(np.clip((traces - 1) / 2, -1, 1)))
    return angles


def nme(found: Array, true: Array, which: slice = slice(None)) -> Array:
    """The normalised mean error (n,) of landmarks (n, 68, 2), in percent.

    The mean distance of those chosen, over the square root of the area of the box around all true ones.
    """
    size = np.sqrt(np.prod(true.max(axis=1) - true.min(axis=1), axis=1))
    errors: Array = np.linalg.norm(found - true, axis=2)[:, which].mean(axis=1) / size * 100
    return errors


def area_under_curve(positives: Array, negatives: Array) -> float:
    """The area under the ROC curve: of all pairs, the share in which the positive scores higher; a draw is half of one.

    NaN where there are none of either. By ranks (Mann and Whitney, 1947), so that large sets are no trouble.
    """
    if not (len(positives) and len(negatives)):
        return float("nan")
    ordered = np.sort(negatives)
    below = np.searchsorted(ordered, positives, "left")
    not_above = np.searchsorted(ordered, positives, "right")
    return float((below + not_above).mean() / (2 * len(negatives)))


def roc(positives: Array, negatives: Array, false_rates: Sequence[float]) -> list[float]:
    """The ROC curve: for each rate of false positives the most true positives that do not cost more of them."""
    thresholds = np.unique(np.concatenate([positives, negatives]))
    true = np.append((positives[:, None] >= thresholds).mean(axis=0), 0.0)
    false = np.append((negatives[:, None] >= thresholds).mean(axis=0), 0.0)
    return [float(true[false <= rate].max()) for rate in false_rates]


def mean_of_known(values: Array, axis: int | None = None) -> Array:
    """The mean without NaNs; NaN where there is nothing else."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    means: Array = np.where(known, values, 0.0).sum(axis=axis) / np.where(count, count, np.nan)
    return means


def rounded(value: float | Array, digits: int = 4) -> float | None:
    """For JSON, which knows no NaN: None."""
    return None if np.isnan(value) else round(float(value), digits)


def eye_aspect_ratios(landmarks: Array) -> tuple[float, float]:
    """Height over width of the person's right and left eye (Soukupova and Cech, CVWW 2016); landmarks (68, 2 or 3)."""
    right, left = (_aspect_ratio(landmarks[first : first + 6, :2]) for first in EYES)
    return right, left


def mouth_aspect_ratio(landmarks: Array) -> float:
    """How far the inner lips are apart, over the width of the inner mouth; landmarks (68, 2 or 3)."""
    heights = [np.linalg.norm(landmarks[a, :2] - landmarks[b, :2]) for a, b in MOUTH]
    return float(np.mean(heights) / np.linalg.norm(landmarks[60, :2] - landmarks[64, :2]))


def _aspect_ratio(eye: Array) -> float:
    outer, upper, upper2, inner, lower2, lower = eye
    heights = np.linalg.norm(upper - lower) + np.linalg.norm(upper2 - lower2)
    return float(heights / (2 * np.linalg.norm(outer - inner)))
