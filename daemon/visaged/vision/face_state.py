"""A face as numbers that can be averaged: what its parameters mean in the image, whatever region they were taken of.

The camera matrix of the parameters belongs to a crop, and the crop moves with the face: its numbers jump where the face
does not. In the image it is A = R P: a rotation, which is averaged as one, and a stretch (scale, and what the network
made of it beyond a scaled rotation), which like the offset and the coefficients is averaged number by number. What
comes of it is parameters again, so that landmarks, pose and the dense surface of a smoothed face fit each other.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from visaged.values import Box, Face
from visaged.vision import rotations
from visaged.vision.rotations import Quaternion

Numbers = NDArray[np.float64]

COEFFICIENTS = slice(12, None)
"""Of a state's ``rest``: those of shape and expression."""


class FaceState(msgspec.Struct, frozen=True):
    """``rotation`` of the head, and ``rest``: the 3x3 stretch P row by row, the offset of the model's origin (3, image
    pixels, y up), the shape and expression coefficients."""

    rotation: Quaternion
    rest: Numbers


def state_of(face: Face, size: int) -> FaceState:
    """The state of a face with finite parameters and a pose; ``size`` is the side of the network's crop in pixels."""
    params = face.params.astype(np.float64)
    scale, shift = _crop_to_image(face.roi, size)
    camera = params[:12].reshape(3, 4)
    matrix, offset = camera[:, :3] * scale[:, None], camera[:, 3] * scale + shift
    q = face.pose.quaternion
    stretch = np.array(rotations.matrix(q)).T @ matrix
    return FaceState(q, np.concatenate([stretch.ravel(), offset, params[12:]]))


def params_of(state: FaceState, roi: Box, size: int) -> NDArray[np.float32]:
    """The parameters (62,) that describe the state to one who takes them for those of a crop of ``roi``."""
    scale, shift = _crop_to_image(roi, size)
    matrix, offset = np.array(rotations.matrix(state.rotation)) @ state.rest[:9].reshape(3, 3), state.rest[9:12]
    camera = np.column_stack([matrix / scale[:, None], (offset - shift) / scale])
    return np.concatenate([camera.ravel(), state.rest[12:]]).astype(np.float32)


def mean(states: Sequence[FaceState]) -> FaceState:
    """The mean of at least one state."""
    rest: Numbers = np.mean([state.rest for state in states], axis=0)
    return FaceState(rotations.mean(state.rotation for state in states), rest)


def _crop_to_image(roi: Box, size: int) -> tuple[Numbers, Numbers]:
    """Scale and shift of x, y, z from the crop (from 1 on, y up) to the image (y up); see native/src/landmarks.cpp."""
    left, top, right, bottom = roi
    across, down = (right - left) / size, (bottom - top) / size
    deep = (across + down) / 2
    return np.array([across, down, deep]), np.array([left - across, -top - size * down, -deep])
