"""Where a head is put: pose parameters, the 3x4 matrix [A | t] of a crop, from where it should be in the picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visaged.values import Box

Matrix = NDArray[np.floating[Any]]
Camera = NDArray[np.float32]
"""(3, 4) [A | t]: from the model's axes to the crop; 1-based, y up (native/src/projection.h)."""


def camera(rotation: Matrix, scale: float, joint: Matrix, at: tuple[float, float], size: int) -> Camera:
    """For a crop of the picture's first ``size`` pixels: the head turned by ``rotation`` (3, 3) about ``joint`` (3,).

    That point of the model is put to ``at``, x and y in pixels, and to depth 0. ``scale``: pixels per model unit.
    """
    turned = scale * rotation
    return np.column_stack([turned, (at[0] + 1, size - at[1], 1) - turned @ joint]).astype(np.float32)


def in_region(whole: Camera, roi: Box, size: int) -> Camera:
    """The same head in a crop of ``roi``, a square of the picture, resized to ``size``."""
    factor = size / (roi[2] - roi[0])
    moved: Camera = whole * np.float32(factor)
    moved[:, 3] += (1 - factor * (1 + roi[0]), size - factor * (size - roi[1]), 1 - factor)
    return moved


def to_image(params: NDArray[np.float32], roi: Box, size: int) -> NDArray[np.float32]:
    """(3, 4): from the model's axes to the picture: x right, y down, z at the viewer, pixels."""
    x1, y1, x2, y2 = roi
    across, down = (x2 - x1) / size, (y2 - y1) / size
    deep = (across + down) / 2
    matrix: Camera = params[:12].reshape(3, 4) * np.array([[across], [-down], [deep]], np.float32)
    matrix[:, 3] += (x1 - across, y1 + size * down, -deep)
    return matrix


def upright(matrix: NDArray[np.float32], joint: Matrix) -> NDArray[np.float32]:
    """The same as ``matrix`` (3, 4), from ``to_image``, for what does not turn with the head about ``joint`` (3,)."""
    scale = np.cbrt(np.abs(np.linalg.det(matrix[:, :3])))
    straight = scale * np.diag([1, -1, 1])
    place = matrix[:, :3] @ joint + matrix[:, 3] - straight @ joint
    return np.column_stack([straight, place]).astype(np.float32)
