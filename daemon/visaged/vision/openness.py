"""How far eyes and mouth are open, as it is published: said by the network, or else measured on the landmarks.

On landmarks it is measured by aspect ratios, in 3D, which turning the head does not change: of an eye that of Soukupova
and Cech ("Real-Time Eye Blink Detection using Facial Landmarks", CVWW 2016), of the mouth likewise between the inner
lips. What is shut and what is open was looked up with the pack 3ddfa_v2 on 1,756 frontal faces that are free to learn
from (portraits and signers). That network draws shut eyes hardly narrower than open ones, so its openings tell a blink
from noise poorly: this is why they are marked as ``landmarks``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from visaged.values import Eyes, OpeningsFrom, Pose
from visaged.vision.face_model import Fit
from visaged.vision.openings import LIDS, LIPS
from visaged.vision.signals import Signals

TURNED_AWAY = 55.0
"""Degrees to the side of the face from which the camera does not see the far eye: from there on the nose hides the
first of its landmarks, at 60 degrees most, and it is a third as wide as from the front (Occlusion, mean face)."""

SEEN = 0.5
"""An eye that shows with less probability is hidden."""

EYE = 0.26, 0.285
"""Aspect ratios of a shut and of an open one: one eye in a thousand has less, and half of those in portraits more."""

MOUTH = 0.07, 0.8
"""Aspect ratios of a closed mouth, the median, and of a wide yawn. There was none to look up: a mouth as high as it is
wide would have 0.6 to 0.9 by the lines through those that speak and laugh."""

_EYES = (*LIDS[1], *LIDS[0])
"""Upper and lower landmarks, those of the left eye first."""

_CORNERS = ((42, 45), (36, 39), (60, 64))
_ENDS = np.array([*_EYES, *LIPS, *_CORNERS]).T


class Openness(NamedTuple):
    """The fields of a ``Face`` of the same names."""

    eye_open: Eyes
    mouth_open: float | None
    openings_from: OpeningsFrom


def openness(fit: Fit, signals: Signals | None, *, valid: bool) -> Openness:
    """How far eyes and mouth of ``fit`` are open; unknown where it is not ``valid``, for then nothing is."""
    source: OpeningsFrom = "landmarks" if signals is None else "network"
    if not valid:
        return Openness((None, None), None, source)
    (left, right), mouth = _measured(fit.landmarks) if signals is None else _said(signals)
    left_away, right_away = turned_away(fit.pose)
    return Openness((None if left_away else left, None if right_away else right), mouth, source)


def turned_away(pose: Pose) -> tuple[bool, bool]:
    """Whether the pose turns the left and the right eye away.

    Decided by how far to the side the camera is as the head sees it, which for a head that is upright is its yaw.
    """
    _, _, (to_left, _, ahead) = pose.rotation.tolist()
    side = math.degrees(math.atan2(to_left, ahead))
    return side < -TURNED_AWAY, side > TURNED_AWAY


def _said(signals: Signals) -> tuple[Eyes, float | None]:
    (left, right), (left_seen, right_seen) = signals.eye_open, signals.eye_seen
    return (_known(left, left_seen), _known(right, right_seen)), _known(signals.mouth_open, 1.0)


def _known(value: float, seen: float) -> float | None:
    """None also for what no opening can be; NaN compares false."""
    return value if seen >= SEEN and 0.0 <= value <= 1.0 else None


def _measured(landmarks: NDArray[np.float32]) -> tuple[Eyes, float | None]:
    """From ``landmarks`` (68, 3)."""
    upper, lower = landmarks[_ENDS]
    ways = np.sqrt(np.square(upper - lower).sum(axis=1)).tolist()
    left, right, mouth = ways[-len(_CORNERS) :]
    eyes = _share(sum(ways[0:2]) / 2, left, *EYE), _share(sum(ways[2:4]) / 2, right, *EYE)
    return eyes, _share(sum(ways[4:7]) / 3, mouth, *MOUTH)


def _share(height: float, width: float, closed: float, opened: float) -> float | None:
    return min(1.0, max(0.0, (height / width - closed) / (opened - closed))) if width > 0 else None
