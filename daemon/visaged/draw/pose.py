"""Where a head looks: a box in space around it, its axes, its angles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from visaged.draw.canvas import BLACK, FARTHEST, colour_of, put_line, thickness_for
from visaged.values import Box, Face, Image

AXES = ((60, 60, 230), (80, 220, 80), (230, 120, 40))
"""Red, green and blue for the head's x (its left), y (up) and z (out of the face)."""

_SQUARE = np.array([(-1, -1), (-1, 1), (1, 1), (1, -1)], dtype=np.float64)
_REAR, _FRONT, _DEPTH = 0.6, 0.8, 0.8
"""Half the sides of the box's squares, and the way between them, in widths of the head (from jaw end to jaw end)."""


def angles(face: Face) -> list[str]:
    """The angles in words, degrees."""
    pose = face.pose
    named = (("yaw", pose.yaw), ("pitch", pose.pitch), ("roll", pose.roll))
    return [f"{name} {angle:+.0f}".replace(" -0", " +0") for name, angle in named]


def put_axes(canvas: Image, face: Face, thickness: int) -> None:
    """Draw the axes of the head from the tip of its nose."""
    origin = face.landmarks[30, :2]
    length = (face.roi[2] - face.roi[0]) / 3
    for axis, colour in zip(face.pose.rotation.T, AXES, strict=True):
        put_line(canvas, np.stack([origin, origin + length * axis[:2] * (1, -1)]), colour, thickness)


def put_box(canvas: Image, face: Face) -> Box:
    """Draw a box whose small square lies at the ears and whose large one, in bold, before the face; where it is."""
    rear, front = _squares(face)
    thin = thickness_for(face)
    for colour, extra in ((BLACK, 2), (colour_of(face), 0)):
        put_line(canvas, rear, colour, thin + extra, closed=True)
        for start, end in zip(rear, front, strict=True):
            put_line(canvas, np.stack([start, end]), colour, thin + extra)
        put_line(canvas, front, colour, 2 * thin + extra, closed=True)
    corners = np.concatenate([rear, front])
    (x1, y1), (x2, y2) = (corners.min(axis=0) - thin).tolist(), (corners.max(axis=0) + thin).tolist()
    return x1, y1, x2, y2


def _squares(face: Face) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The corners (4, 2) of the rear and of the front square in the picture."""
    landmarks = face.landmarks.clip(-FARTHEST, FARTHEST).astype(np.float64)
    unit = float(np.linalg.norm(landmarks[0] - landmarks[16]))
    centre = landmarks[:27, :2].mean(axis=0)
    right, up, out = face.pose.rotation.T.astype(np.float64)[:, :2] * (1, -1) * unit
    across = np.stack([right, up])
    return centre + _REAR * _SQUARE @ across, centre + _FRONT * _SQUARE @ across + _DEPTH * out
