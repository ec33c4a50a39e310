"""Textures of which a part was not seen."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from visaged.values import Image


def with_alpha(texture: Image, seen: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """``texture`` (h, w, 3) BGR with a fourth channel: opaque where it was ``seen`` (h, w)."""
    return np.dstack([texture, np.where(seen, np.uint8(255), np.uint8(0))])


def filled(texture: Image, seen: NDArray[np.bool_]) -> Image:
    """``texture`` (h, w, 3) whose unseen texels go on in the colours around them, so that no seam shows.

    The pyramid of Gortler et al., The Lumigraph (SIGGRAPH 1996), section 3.4: means of what is known, coarser and
    coarser, fill what is not known one level finer.
    """
    weight = seen.astype(np.float32)[:, :, None]
    mean: Image = _filled(texture * weight, weight).round().clip(0, 255).astype(np.uint8)
    return mean


def _filled(weighted: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Colours (h, w, 3) from ``weighted``, colours times their weights, and the weights (h, w, 1) of 0 to 1."""
    known: NDArray[np.float32] = weighted / np.maximum(weight, np.float32(1e-6))
    height, width = weight.shape[:2]
    if max(height, width) == 1 or bool((weight == 1).all()):
        return known
    half = (-(-width // 2), -(-height // 2))
    coarse_weight = cv2.resize(weight, half, interpolation=cv2.INTER_AREA)[:, :, None]
    coarse = cv2.resize(weighted, half, interpolation=cv2.INTER_AREA)
    enough = np.minimum(4 * coarse_weight, 1).astype(np.float32)
    rest = _filled((coarse * (enough / np.maximum(coarse_weight, 1e-6))).astype(np.float32), enough)
    around = cv2.resize(rest, (width, height), interpolation=cv2.INTER_LINEAR)
    mixed: NDArray[np.float32] = weighted + (1 - weight) * around
    return mixed
