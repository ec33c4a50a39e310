"""Rotations as unit quaternions, in plain numbers: a face has one of them a frame, too few for numpy to be quicker."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from visaged.values import Pose

Quaternion = tuple[float, float, float, float]
"""(w, x, y, z), of length 1; q and -q are the same rotation."""

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]

SMALLEST_ANGLE = 1e-9
"""Radians; below it a rotation vector is twice the quaternion's, to the last digit."""

LOCKED = 1e-7
"""The cosine of the yaw below which pitch and roll turn about the same axis; all of it is called pitch then."""


def product(a: Quaternion, b: Quaternion) -> Quaternion:
    """The rotation ``b``, then ``a``."""
    aw, ax, ay, az = a
    bw, bx, by, bz = b
    return (
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    )


def difference(a: Quaternion, b: Quaternion) -> Vector:
    """The way from ``a`` to ``b``, the shorter one, as a rotation vector (axis times radians) in the axes of ``a``.

    The logarithm of a^-1 b.
    """
    w, x, y, z = product((a[0], -a[1], -a[2], -a[3]), b)
    if w < 0.0:
        w, x, y, z = -w, -x, -y, -z
    sine = math.sqrt(x * x + y * y + z * z)
    scale = 2.0 if sine < SMALLEST_ANGLE else 2.0 * math.atan2(sine, w) / sine
    return scale * x, scale * y, scale * z


def turned(a: Quaternion, way: Vector) -> Quaternion:
    """``a``, turned by the rotation vector ``way`` (radians, in the axes of ``a``); w >= 0.

    a times the exponential of ``way``; so ``turned(a, difference(a, b))`` is b.
    """
    x, y, z = way
    angle = math.sqrt(x * x + y * y + z * z)
    scale = 0.5 if angle < SMALLEST_ANGLE else math.sin(angle / 2.0) / angle
    w, x, y, z = product(a, (math.cos(angle / 2.0), scale * x, scale * y, scale * z))
    length = math.copysign(math.sqrt(w * w + x * x + y * y + z * z), w)
    return w / length, x / length, y / length, z / length


def mean(quaternions: Iterable[Quaternion]) -> Quaternion:
    """The rotation with the smallest sum of squared distances between matrices (the chordal mean); w >= 0.

    It is the eigenvector of the sum of q q^T with the largest eigenvalue, so the signs of the quaternions do not matter
    (Markley, Cheng, Crassidis, Oshman, "Averaging Quaternions", JGCD 2007).
    """
    rows = np.array(list(quaternions), dtype=np.float64)
    w, x, y, z = np.linalg.eigh(rows.T @ rows)[1][:, 3].tolist()
    return (-w, -x, -y, -z) if w < 0.0 else (w, x, y, z)


def matrix(q: Quaternion) -> Matrix:
    """The rotation as a 3x3 matrix, row by row."""
    w, x, y, z = q
    return (
        (1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)),
        (2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)),
        (2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)),
    )


def pose(q: Quaternion, scale: float) -> Pose:
    """The pose of a rotation, w >= 0; ``scale`` is pixels of the crop per model unit.

    Angles by R = Rx(pitch) Ry(yaw) Rz(roll) as in ``mqtt.axes``, at yaw +-90 degrees as in native/src/pose.cpp.
    """
    rows = matrix(q)
    (r00, r01, r02), (_, r11, r12), (_, r21, r22) = rows
    locked = r00 * r00 + r01 * r01 < LOCKED * LOCKED
    yaw = math.asin(min(1.0, max(-1.0, -r02)))
    pitch = math.atan2(-r21, r11) if locked else math.atan2(r12, r22)
    roll = 0.0 if locked else math.atan2(r01, r00)
    rotation = np.array(rows, dtype=np.float32)
    return Pose(rotation, q, math.degrees(yaw), math.degrees(pitch), math.degrees(roll), scale)
