"""Draws faces onto pictures, for people to look at."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

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

GREEN, ORANGE, WHITE = (80, 220, 80), (40, 150, 255), (255, 255, 255)
AXES = ((60, 60, 230), (80, 220, 80), (230, 120, 40))
"""Red, green and blue for the head's x (its left), y (up) and z (out of the face)."""

FRACTION_BITS = 3
FARTHEST = 1e5
"""Points are drawn as if they were no farther away than this, in pixels: OpenCV counts in 32 bits."""


def draw_faces(image: Image, faces: Iterable[Face]) -> Image:
    """A copy of ``image`` (height, width, 3) with landmarks, axes and angles; faces that are not valid in orange.

    A face whose place or pose is not known (NaN) is left out.
    """
    canvas: Image = image.copy()
    for face in filter(_is_known, faces):
        thickness = max(1, round((face.roi[2] - face.roi[0]) / 200))
        _draw_landmarks(canvas, face, thickness)
        _draw_axes(canvas, face, 2 * thickness)
        _draw_text(canvas, face, thickness)
    return canvas


def _is_known(face: Face) -> bool:
    numbers = (face.landmarks, face.pose.rotation, face.roi, face.box)
    return all(bool(np.isfinite(values).all()) for values in numbers)


def _draw_landmarks(canvas: Image, face: Face, thickness: int) -> None:
    points = _fixed_point(face.landmarks[:, :2])
    for indices, closed in CONTOURS:
        colour = GREEN if face.valid else ORANGE
        cv2.polylines(canvas, [points[list(indices)]], closed, colour, thickness, cv2.LINE_AA, FRACTION_BITS)


def _draw_axes(canvas: Image, face: Face, thickness: int) -> None:
    origin = face.landmarks[30, :2]
    length = (face.roi[2] - face.roi[0]) / 3
    for axis, colour in zip(face.pose.rotation.T, AXES, strict=True):
        ends = np.stack([origin, origin + length * axis[:2] * (1, -1)])
        start, end = (tuple(point) for point in _fixed_point(ends).tolist())
        cv2.line(canvas, start, end, colour, thickness, cv2.LINE_AA, FRACTION_BITS)


def _draw_text(canvas: Image, face: Face, thickness: int) -> None:
    text = f"yaw {face.pose.yaw:+.0f}  pitch {face.pose.pitch:+.0f}  roll {face.pose.roll:+.0f}  {face.confidence:.2f}"
    left, top = np.clip((face.box[0], face.box[1] - 8), (4, 16), FARTHEST).tolist()
    place = (round(left), round(top))
    size = 0.45 * max(1, thickness)
    cv2.putText(canvas, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), 3 * thickness, cv2.LINE_AA)
    cv2.putText(canvas, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, WHITE, thickness, cv2.LINE_AA)


def _fixed_point(
    points: np.ndarray[tuple[int, ...], np.dtype[np.floating]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    near = np.asarray(points).clip(-FARTHEST, FARTHEST)
    return np.round(near * (1 << FRACTION_BITS)).astype(np.int32)
