"""The axes contract in words and numbers, as the ``info`` topic states it.

Euler angles follow 300W-LP and AFLW2000-3D: R = Rx(pitch) Ry(yaw) Rz(roll), with
Rx = [[1,0,0],[0,c,s],[0,-s,c]], Ry = [[c,0,-s],[0,1,0],[s,0,c]], Rz = [[c,s,0],[-s,c,0],[0,0,1]].
"""

from __future__ import annotations

import math
from typing import Any

Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]


def rotation(yaw: float, pitch: float, roll: float) -> Matrix:
    """The 3x3 rotation, head to camera, of three angles in degrees (formulas above, multiplied out)."""
    (cp, sp), (cy, sy), (cr, sr) = ((math.cos(math.radians(a)), math.sin(math.radians(a))) for a in (pitch, yaw, roll))
    return (
        (cy * cr, cy * sr, -sy),
        (sp * sy * cr - cp * sr, sp * sy * sr + cp * cr, sp * cy),
        (cp * sy * cr + sp * sr, cp * sy * sr - sp * cr, cp * cy),
    )


def quaternion(r: Matrix) -> tuple[float, float, float, float]:
    """(w, x, y, z) of a rotation by less than 180 degrees, w > 0 (Shepperd's formula, first case)."""
    w = math.sqrt(1.0 + r[0][0] + r[1][1] + r[2][2]) / 2.0
    return w, (r[2][1] - r[1][2]) / (4 * w), (r[0][2] - r[2][0]) / (4 * w), (r[1][0] - r[0][1]) / (4 * w)


def golden_vector(yaw: float = 20.0, pitch: float = 10.0, roll: float = 30.0) -> dict[str, Any]:
    """One pose in every notation, so that a subscriber can check its own conversion."""
    r = rotation(yaw, pitch, roll)
    return {
        "yaw": yaw,
        "pitch": pitch,
        "roll": roll,
        "rotation": [[round(v, 6) for v in row] for row in r],
        "q": [round(v, 6) for v in quaternion(r)],
        "nose": [round(row[2], 6) for row in r],
    }


def contract() -> dict[str, Any]:
    """The ``axes`` part of the ``info`` message."""
    return {
        "image": "pixels, x right, y down, the centre of the top-left pixel is (0, 0)",
        "camera": "x right, y up, z out of the picture at the viewer",
        "rotation": "head to camera: v_camera = R v_head; the nose of the head points along +z",
        "quaternion": "q = [w, x, y, z] of the same R, w >= 0",
        "angles": "degrees, R = Rx(pitch) Ry(yaw) Rz(roll) as 300W-LP and AFLW2000-3D define them",
        "matrices": "Rx=[[1,0,0],[0,c,s],[0,-s,c]] Ry=[[c,0,-s],[0,1,0],[s,0,c]] Rz=[[c,s,0],[-s,c,0],[0,0,1]]",
        "yaw": "positive: the nose points to the left edge of the picture",
        "pitch": "positive: the nose points up",
        "roll": "positive: the top of the head leans to the right edge of the picture",
        "eye_open": "[left, right], the person's own: the left eye is to the right in a picture that is not mirrored; "
        "0 shut, 1 open, null not known: hidden, turned away, or the face is not valid",
        "mouth_open": "0 closed, 1 a wide yawn, null not known",
        "golden": golden_vector(),
    }
