"""Rotation matrices of the project's convention (300W-LP, AFLW2000-3D): R = Rx(pitch) Ry(yaw) Rz(roll), y up."""

import numpy as np


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """(3, 3) from degrees."""
    (cy, cp, cr), (sy, sp, sr) = np.cos(np.radians([yaw, pitch, roll])), np.sin(np.radians([yaw, pitch, roll]))
    x = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    y = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    z = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
    return x @ y @ z


def yaw_of(rotations: np.ndarray) -> np.ndarray:
    """(n,) degrees, of rotations (n, 3, 3)."""
    return np.degrees(np.arcsin(np.clip(-rotations[:, 0, 2], -1, 1)))
