"""Live smoothing: each tracked face through a One-Euro filter, without waiting for frames to come."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from visaged.values import NOT_TRACKED, Face
from visaged.vision import face_state, rotations
from visaged.vision.face_model import FaceModel
from visaged.vision.face_state import COEFFICIENTS, FaceState
from visaged.vision.one_euro import OneEuro, PointsSpeed, RotationFilter, low_pass

LONGEST_GAP_S = 0.5
"""Frames that lie farther apart have nothing to tell each other."""

SHORTEST_STEP_S = 1e-6
"""Below it time stands still, and there is no speed."""

MOUTH_CUTOFF_HZ = 8.0
"""Speech moves the lips a few times a second."""


class FaceFilter(Protocol):
    """What smooths one face; made from the first look at it, which passes as it is."""

    def update(self, face: Face, dt: float) -> Face:
        """The smoothed face, ``dt`` > 0 seconds after the last."""
        ...


class Smoother:
    """Smooths the faces of one sequence of frames; ``make`` begins the filter of a face.

    A face that is not valid, not tracked or not finite passes as it is and starts anew when it is back, and so does
    every face after a gap of more than ``LONGEST_GAP_S`` and where time stands still, goes back or is not a number.
    What it knows of a track ends with the track.
    """

    def __init__(self, make: Callable[[Face], FaceFilter]) -> None:
        self._make = make
        self._filters: dict[int, FaceFilter] = {}
        self._seconds = math.nan

    def update(self, faces: Sequence[Face], seconds: float) -> list[Face]:
        """The faces of the next frame, taken at ``seconds`` on any steady clock; as many, in the same order."""
        dt = seconds - self._seconds
        self._seconds = seconds
        known = self._filters if SHORTEST_STEP_S < dt <= LONGEST_GAP_S else {}
        self._filters = {}
        return [self._next(face, known.get(face.id), dt) for face in faces]

    def _next(self, face: Face, known: FaceFilter | None, dt: float) -> Face:
        if not is_steady(face):
            return face
        self._filters[face.id] = known or self._make(face)
        return known.update(face, dt) if known else face


def is_steady(face: Face) -> bool:
    """Whether a face is one that can be compared with the same face in another frame."""
    return face.valid and face.id != NOT_TRACKED and math.isfinite(sum(face.pose.quaternion) + sum(face.box))


class PoseFilter:
    """Smooths the pose and leaves the rest of a face as it is."""

    def __init__(self, settings: OneEuro, first: Face) -> None:
        self._rotation = RotationFilter(settings, first.pose.quaternion)

    def update(self, face: Face, dt: float) -> Face:
        """The face with the smoothed pose."""
        pose = rotations.pose(self._rotation.update(face.pose.quaternion, dt), face.pose.scale)
        return msgspec.structs.replace(face, pose=pose)


class WholeFaceFilter:
    """Smooths pose, landmarks, box and parameters so that they go on describing one face.

    The rotation has the filter that ``PoseFilter`` has. All else goes the share of its way that the speed of the
    landmarks in the picture asks for, but for what a few landmarks do in a few frames, of which that speed knows
    little: the eyes are as far open as measured, for a blink is no longer than the noise, and the mouth follows
    through a low-pass of ``MOUTH_CUTOFF_HZ`` where that is quicker.
    """

    def __init__(self, pose: OneEuro, landmarks: OneEuro, model: FaceModel, first: Face) -> None:
        self._rotation = RotationFilter(pose, first.pose.quaternion)
        self._speed = PointsSpeed(landmarks)
        self._model = model
        self._rest = face_state.state_of(first, model.size).rest
        self._openings = model.openings.of(self._rest[COEFFICIENTS])
        self._points = first.landmarks[:, :2]

    def update(self, face: Face, dt: float) -> Face:
        """The smoothed face, in the region that was cropped."""
        share = self._speed.share(face.landmarks[:, :2] - self._points, size_of(face), dt)
        rest = face_state.state_of(face, self._model.size).rest
        self._rest = self._rest + share * (rest - self._rest)
        opened = self._opened(rest, max(share, low_pass(MOUTH_CUTOFF_HZ, dt)))
        smoothed = from_state(face, FaceState(self._rotation.update(face.pose.quaternion, dt), opened), self._model)
        self._points = smoothed.landmarks[:, :2]
        return smoothed

    def _opened(self, measured: NDArray[np.float64], mouth_share: float) -> NDArray[np.float64]:
        """The smoothed state with the eyes of the measured one, and the mouth the share of its way farther."""
        openings = self._model.openings
        way = openings.of(measured[COEFFICIENTS]) - self._openings
        self._openings = self._openings + way * (1.0, 1.0, mouth_share)
        opened: NDArray[np.float64] = self._rest.copy()
        opened[COEFFICIENTS] = openings.opened(self._rest[COEFFICIENTS], self._openings)
        return opened


def from_state(face: Face, state: FaceState, model: FaceModel) -> Face:
    """``face`` with everything that ``state`` says."""
    fit = model.refit(face_state.params_of(state, face.roi, model.size), face.roi)
    return msgspec.structs.replace(face, box=fit.box, pose=fit.pose, landmarks=fit.landmarks, params=fit.params)


def size_of(face: Face) -> float:
    """The size of a face in pixels: the side of the square with the area of its box."""
    left, top, right, bottom = face.box
    return math.sqrt((right - left) * (bottom - top))
