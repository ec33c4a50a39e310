"""What a frame of the synthetic camera shows, exactly."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from visaged.synthetic.light import Light
from visaged.values import Box, Pose


class Truth(msgspec.Struct, frozen=True):
    """What there is to know of the person in frame ``index`` at ``t`` seconds, wherever they are.

    ``inside``: the share of the face's ``box`` that is in the picture; 0 where the person is away. ``box``, ``roi``,
    ``pose``, ``landmarks`` (68, 3) and ``params`` (62,) are as in a ``Face``, ``roi`` being what these landmarks ask
    for. ``eye_open``: the person's own left and right, 0 shut to 1 as at rest; ``eye_seen``: whether it faces the
    camera enough to be seen. ``mouth_open``: 0 closed to 1 a wide yawn.
    """

    index: int
    t: float
    inside: float
    box: Box
    roi: Box
    pose: Pose
    landmarks: NDArray[np.float32]
    params: NDArray[np.float32]
    eye_open: tuple[float, float]
    eye_seen: tuple[bool, bool]
    mouth_open: float
    light: Light


def truth_report(truth: Truth) -> dict[str, Any]:
    """The truth as plain values, ready for JSON, under the names that ``visaged video`` gives to what it finds."""
    pose = truth.pose
    return {
        "inside": round(truth.inside, 4),
        "box": _row(truth.box),
        "roi": _row(truth.roi),
        "pose": {
            "yaw": round(pose.yaw, 4),
            "pitch": round(pose.pitch, 4),
            "roll": round(pose.roll, 4),
            "quaternion": [round(part, 7) for part in pose.quaternion],
        },
        "eye_open": [round(eye, 4) for eye in truth.eye_open],
        "eye_seen": truth.eye_seen,
        "mouth_open": round(truth.mouth_open, 4),
        "light": truth.light,
        "landmarks": [_row(point) for point in truth.landmarks.tolist()],
        "params": [float(f"{value:.9g}") for value in truth.params.tolist()],
    }


def _row(values: Any) -> list[float]:
    return [round(float(value), 3) for value in values]
