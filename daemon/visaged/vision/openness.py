"""How far eyes and mouth are open, as it is published: said by the network, or else measured on the landmarks.

On landmarks it is measured by aspect ratios as one sees them in front of the face, which turning the head does not
change: of an eye that of Soukupova and Cech ("Real-Time Eye Blink Detection using Facial Landmarks", CVWW 2016), of the
mouth likewise between the inner lips. Their ranges were looked up with the pack 3ddfa_v2 on 1,756 frontal faces that
are free to learn from (portraits and signers). That network draws shut eyes hardly narrower than open ones, and eyes of
one person wider than another's: its openings are to be compared with what is usual for the same face, and are marked as
``landmarks`` for that.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from visaged.values import Eyes, OpeningsFrom, Pose
from visaged.vision.face_model import Fit
from visaged.vision.openings import LIDS, LIPS
from visaged.vision.signals import Signals

TURNED_AWAY = 55.0
"""Degrees to the side of the face from which the camera does not see the far eye: from there on the nose hides the
first of its landmarks, at 60 degrees most, and it is a third as wide as from the front (Occlusion, mean face)."""

SEEN = 0.5
"""An eye that shows with less probability is hidden."""

EYE = 0.26, 0.34
"""Aspect ratios between which all but two eyes in a thousand are; the median is 0.285."""

MOUTH = 0.07, 0.8
"""Aspect ratios of a closed mouth, the median of 251, and of a wide yawn. There was none to look up: a mouth as high as
it is wide would have 0.6 to 0.9 by the lines through those that speak and laugh."""

_EYES = (*LIDS[1], *LIDS[0])
"""Upper and lower landmarks, those of the left eye first."""

_CORNERS = ((42, 45), (36, 39), (60, 64))
_ENDS = np.array([*_EYES, *LIPS, *_CORNERS]).T
_Y_UP = np.array((1, -1, 1), np.float32)
"""From the axes of landmarks to those of a rotation."""


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
    (left, right), mouth = _measured(fit) if signals is None else _said(signals)
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


def _measured(fit: Fit) -> tuple[Eyes, float | None]:
    ends, others = fit.landmarks[_ENDS]
    from_the_front = (ends - others) * _Y_UP @ fit.pose.rotation[:, :2]
    ways = np.sqrt(np.square(from_the_front).sum(axis=1)).tolist()
    left, right, mouth = ways[-len(_CORNERS) :]
    eyes = _share(sum(ways[0:2]) / 2, left, *EYE), _share(sum(ways[2:4]) / 2, right, *EYE)
    return eyes, _share(sum(ways[4:7]) / 3, mouth, *MOUTH)


def _share(height: float, width: float, closed: float, opened: float) -> float | None:
    return min(1.0, max(0.0, (height / width - closed) / (opened - closed))) if width > 0 else None
