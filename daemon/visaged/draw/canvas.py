"""What all drawings share: colours, widths, and lines that show on any background."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from visaged.values import Face, Image

GREEN, ORANGE, WHITE, BLACK = (80, 220, 80), (40, 150, 255), (255, 255, 255), (0, 0, 0)

FRACTION_BITS = 3
FARTHEST = 1e5
"""Points are drawn as if they were no farther away than this, in pixels: OpenCV counts in 32 bits."""
THICKEST = 40
"""The widest line in pixels; a face for which it is too thin is larger than any picture."""


def is_known(face: Face) -> bool:
    """Whether the place and the pose of ``face`` are numbers."""
    numbers = (face.landmarks, face.pose.rotation, face.roi, face.box)
    return all(bool(np.isfinite(values).all()) for values in numbers)


def colour_of(face: Face) -> tuple[int, int, int]:
    """Orange for a face that is not believed."""
    return GREEN if face.valid else ORANGE


def thickness_for(face: Face) -> int:
    """The width in pixels of a line that suits the size of ``face``."""
    return round(min(max((face.roi[2] - face.roi[0]) / 200, 1), THICKEST))


def put_line(
    canvas: Image, points: NDArray[np.floating], colour: tuple[int, int, int], thickness: int, *, closed: bool = False
) -> None:
    """Draw a line through ``points`` (n, 2), in pixels."""
    near = np.clip(points, -FARTHEST, FARTHEST)
    fixed = np.round(near * (1 << FRACTION_BITS)).astype(np.int32)
    cv2.polylines(canvas, [fixed], closed, colour, thickness, cv2.LINE_AA, FRACTION_BITS)


def put_dots(canvas: Image, points: NDArray[np.floating], colour: tuple[int, int, int], side: int) -> None:
    """Fill a square of ``side`` pixels around each of ``points`` (n, 2); for thousands of them."""
    height, width = canvas.shape[:2]
    corners = np.round(np.clip(points, -FARTHEST, FARTHEST) - (side - 1) / 2).astype(np.int64)
    for down in range(side):
        for right in range(side):
            x, y = corners[:, 0] + right, corners[:, 1] + down
            inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
            canvas[y[inside], x[inside]] = colour
