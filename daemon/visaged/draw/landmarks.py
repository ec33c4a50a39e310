"""The 68 landmarks and their lines."""

from __future__ import annotations

from visaged.draw.canvas import BLACK, colour_of, put_dots, put_line, thickness_for
from visaged.values import Face, Image

CONTOURS = (
    (range(17), False),
    (range(17, 22), False),
    (range(22, 27), False),
    (range(27, 31), False),
    (range(31, 36), False),
    (range(36, 42), True),
    (range(42, 48), True),
    (range(48, 60), True),
    (range(60, 68), True),
)
"""The lines of the 68 iBUG landmarks: jaw, brows, nose, eyes, lips; and whether each is closed."""

_ROOM_FOR_DOTS = 150
"""The side in pixels of the smallest region whose lines dots do not hide."""


def put_landmarks(canvas: Image, face: Face) -> None:
    """Draw the lines of ``face`` and, where there is room between them, the landmarks as dots."""
    points, thickness = face.landmarks[:, :2], thickness_for(face)
    for indices, closed in CONTOURS:
        put_line(canvas, points[list(indices)], colour_of(face), thickness, closed=closed)
    if face.roi[2] - face.roi[0] > _ROOM_FOR_DOTS:
        put_dots(canvas, points, BLACK, thickness + 2)
        put_dots(canvas, points, colour_of(face), thickness)
