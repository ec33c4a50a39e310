"""Draws faces onto pictures, for people to look at: ``landmarks``, ``points``, ``pose``; where they stop, the renderer
goes on.

Faces that are not believed are orange, others green. One whose place or pose is not known (NaN) is left out.
"""

from __future__ import annotations

from collections.abc import Iterable

from visaged.draw.canvas import is_known, thickness_for
from visaged.draw.labels import Labels
from visaged.draw.landmarks import put_landmarks
from visaged.draw.points import draw_points
from visaged.draw.pose import angles, put_axes, put_box
from visaged.values import Face, Image

__all__ = ["draw_faces", "draw_landmarks", "draw_points", "draw_poses", "is_known"]


def draw_faces(image: Image, faces: Iterable[Face]) -> Image:
    """A copy of ``image`` (height, width, 3) with landmarks, axes, angles and confidence."""
    canvas: Image = image.copy()
    known = list(filter(is_known, faces))
    labels = Labels(canvas, [face.box for face in known])
    for face in known:
        put_landmarks(canvas, face)
        put_axes(canvas, face, 2 * thickness_for(face))
    for face in known:
        labels.put([*angles(face), f"{face.confidence:.2f}"], face.box)
    return canvas


def draw_landmarks(image: Image, faces: Iterable[Face]) -> Image:
    """A copy of ``image`` with the 68 landmarks and the lines between them."""
    canvas: Image = image.copy()
    for face in filter(is_known, faces):
        put_landmarks(canvas, face)
    return canvas


def draw_poses(image: Image, faces: Iterable[Face]) -> Image:
    """A copy of ``image`` with a box in space around each head, open to where it looks, and its angles."""
    canvas: Image = image.copy()
    known = list(filter(is_known, faces))
    boxes = [put_box(canvas, face) for face in known]
    labels = Labels(canvas, boxes)
    for face, box in zip(known, boxes, strict=True):
        labels.put([*angles(face), *([] if face.reason is None else [face.reason.replace("_", " ")])], box)
    return canvas
