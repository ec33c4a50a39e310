"""Rotation matrices of the project's convention (300W-LP, AFLW2000-3D): R = Rx(pitch) Ry(yaw) Rz(roll), y up."""

import numpy as np

from visaged.mqtt import axes


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """(3, 3), head to camera, from degrees."""
    return np.array(axes.rotation(yaw, pitch, roll))


def yaw_of(rotations: np.ndarray) -> np.ndarray:
    """(n,) degrees, of rotations (n, 3, 3)."""
    return np.degrees(np.arcsin(np.clip(-rotations[:, 0, 2], -1, 1)))
