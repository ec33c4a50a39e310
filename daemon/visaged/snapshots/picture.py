"""A snapshot as a coloured picture, for people to look at."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from visaged.snapshots.levels import INVALID
from visaged.snapshots.reader import Snapshot
from visaged.values import Image

LEAST_HEIGHT, LARGEST_SIDE = 480, 4096
MARGIN, BAR_WIDTH, WORDS_WIDTH = 24, 24, 190
TICKS = 5
WHITE = (255, 255, 255)
_FONT, _SIZE = cv2.FONT_HERSHEY_SIMPLEX, 0.5


def coloured(snapshot: Snapshot) -> Image:
    """The depth in colours, red near and blue far, black where the face is not, beside a bar that says what they mean.

    Small faces are enlarged to a readable size. With known intrinsics the bar also gives estimated millimetres.
    """
    shades = _sized(_shades(snapshot))
    painted = _painted(shades)
    height, width = painted.shape[:2]
    canvas = np.zeros((height + 2 * MARGIN, width + 3 * MARGIN + BAR_WIDTH + WORDS_WIDTH, 3), np.uint8)
    canvas[MARGIN : MARGIN + height, MARGIN : MARGIN + width] = painted
    _put_bar(canvas, snapshot, 2 * MARGIN + width, height)
    return canvas


def _shades(snapshot: Snapshot) -> NDArray[np.uint8]:
    """(h, w): 0 where the face is not, else 1 (far) to 255 (near)."""
    values = snapshot.values.astype(np.int64)
    inside = values[values != INVALID]
    if not inside.size:
        return np.zeros(values.shape, np.uint8)
    low, high = int(inside.min()), int(inside.max())
    shades = 1 + (values - low) * 254 // max(high - low, 1)
    return np.where(values == INVALID, 0, shades).astype(np.uint8)


def _sized(shades: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Enlarged by a whole number, or thinned out, so that no value is made up."""
    height, width = shades.shape
    thinning = -(-max(height, width) // LARGEST_SIDE)
    factor = max(1, min(-(-LEAST_HEIGHT // height), LARGEST_SIDE // max(height, width)))
    return shades[::thinning, ::thinning].repeat(factor, axis=0).repeat(factor, axis=1)


def _painted(shades: NDArray[np.uint8]) -> Image:
    colours = cv2.applyColorMap(shades, cv2.COLORMAP_TURBO)
    colours[shades == 0] = 0
    return np.asarray(colours, dtype=np.uint8)


def _put_bar(canvas: Image, snapshot: Snapshot, left: int, height: int) -> None:
    shades = np.linspace(255, 1, height).astype(np.uint8)[:, None].repeat(BAR_WIDTH, axis=1)
    canvas[MARGIN : MARGIN + height, left : left + BAR_WIDTH] = _painted(shades)
    depth = snapshot.record.depth
    for part in np.linspace(0, 1, TICKS).tolist():
        at = left + BAR_WIDTH + 8, round(MARGIN + part * (height - 1)) + 5
        words = _words(snapshot, depth.maximum + part * (depth.minimum - depth.maximum))
        cv2.putText(canvas, words, at, _FONT, _SIZE, WHITE, 1, cv2.LINE_AA)


def _words(snapshot: Snapshot, depth: float) -> str:
    known = snapshot.record.millimetres
    pixels = f"{round(depth, 1) + 0.0:.1f} px"  # adding 0.0 makes -0.0 a plain 0.0
    if known is None:
        return pixels
    distance = known.reference_distance_mm - (depth - known.reference_depth_px) * known.mm_per_px
    return f"{pixels}  ~{distance:.0f} mm"
