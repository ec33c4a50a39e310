"""The square region of interest that is cropped for the regressor.

``roi_from_box`` and ``roi_around`` are the rules the 3DDFA_V2 networks were trained with (Guo et al., "Towards Fast,
Accurate and Stable 3D Dense Face Alignment", ECCV 2020); their constants belong to the networks.
"""

from __future__ import annotations

import math

from visaged.values import Box, Part

BOX_ENLARGEMENT = 1.58
BOX_SHIFT_DOWN = 0.14

SMALLEST_SIDE, LARGEST_SIDE = 2.0, 32767.0
FARTHEST = 1e6
"""What can be cropped, in pixels: a region that is not empty, and within the limits of the native core, however its
corners are rounded."""


def roi_from_box(box: Box) -> Box:
    """The region of interest of a face box as FaceBoxes draws it, from forehead to chin; its side is a whole number."""
    x1, y1, x2, y2 = box
    mean_side = (x2 - x1 + y2 - y1) / 2
    return _square((x1 + x2) / 2, (y1 + y2) / 2 + mean_side * BOX_SHIFT_DOWN, int(mean_side * BOX_ENLARGEMENT))


def square_around(box: Box, enlargement: float, shift_down: float) -> Box:
    """A square around ``box``: its side, and how far it is moved down, in mean sides of the box."""
    x1, y1, x2, y2 = box
    mean_side = (x2 - x1 + y2 - y1) / 2
    return _square((x1 + x2) / 2, (y1 + y2) / 2 + mean_side * shift_down, mean_side * enlargement)


def roi_around(box: Box) -> Box:
    """The region of interest for the next frame, from the tight ``box`` around this frame's landmarks."""
    x1, y1, x2, y2 = box
    return _square((x1 + x2) / 2, (y1 + y2) / 2, max(x2 - x1, y2 - y1) * math.sqrt(2))


def side_of(roi: Box) -> float:
    """The side of a square region in pixels."""
    return roi[2] - roi[0]


def in_image(region: Box, part: Part) -> Box:
    """The same region in pixels of the part's image, as it is cropped from that."""
    (x1, y1, x2, y2), pixel = region, part.reduced
    return (x1 - part.left) / pixel, (y1 - part.top) / pixel, (x2 - part.left) / pixel, (y2 - part.top) / pixel


def aligned(roi: Box, part: Part) -> Box:
    """The square region nearest to ``roi`` with corners on whole pixels of a reduced image, large enough to be cropped.

    Of a part that is not reduced ``roi`` itself: so the networks were trained.
    """
    pixel = part.reduced
    if pixel == 1:
        return roi
    side = max(SMALLEST_SIDE, round(side_of(roi) / pixel)) * pixel
    left, top = (round(corner / pixel) * pixel for corner in roi[:2])
    return left, top, left + side, top + side


def centre_of(roi: Box) -> tuple[float, float]:
    """The centre of a region in pixels."""
    return (roi[0] + roi[2]) / 2, (roi[1] + roi[3]) / 2


def is_croppable(roi: Box) -> bool:
    """Whether a region, square or not, can be cropped at all; false where a corner is not finite."""
    sides = roi[2] - roi[0], roi[3] - roi[1]
    return all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in sides) and all(abs(v) <= FARTHEST for v in roi)


def _square(x: float, y: float, side: float) -> Box:
    left, top = x - side / 2, y - side / 2
    return left, top, left + side, top + side
