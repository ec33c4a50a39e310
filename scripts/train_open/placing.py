"""How a face stands in its crop: its pose, and the region that a detector or a tracker would have cut out."""

import numpy as np
from dirt import Rng
from layout import SIZE
from rotations import rotation, yaw_of

DEPTH = 60.0  # of the model's origin; weak perspective has none

MUCH_SEEN = 12.0  # degrees of yaw from which a picture shows one side only
LITTLE_TURNED = 15.0  # degrees of yaw to the other side that it may be turned all the same
STEEPEST, MOST_TILTED = 42.0, 50.0  # degrees
UPSIDE_DOWN = (110.0, 250.0)  # degrees

REGION = np.sqrt(2)
"""The side of a region over that of the box around its landmarks, as in ``visaged.vision.roi``."""


def in_crop(points: np.ndarray, camera: np.ndarray, size: int = SIZE) -> np.ndarray:
    """(n, 3): where ``camera`` (3, 4) puts ``points`` (n, 3): x, y down, z at the viewer, pixels from 0."""
    drawn = points @ camera[:, :3].T + camera[:, 3]
    return np.stack([drawn[:, 0] - 1, size - drawn[:, 1], drawn[:, 2]], 1)


def random_turn(own: np.ndarray, rng: Rng, *, upside_down: bool) -> np.ndarray:
    """(3, 3): a pose that a picture of pose ``own`` (3, 3) can be turned to: not far to the side it does not show."""
    yaw = rng.normal(0, 22) if rng.random() < 0.5 else rng.uniform(-82, 82)
    shown = float(yaw_of(own[None])[0])
    if abs(shown) > MUCH_SEEN and yaw * shown < 0 and abs(yaw) > LITTLE_TURNED:
        yaw = -yaw
    pitch = np.clip(rng.normal(-2, 15), -STEEPEST, STEEPEST)
    roll = np.clip(rng.normal(0, 16), -MOST_TILTED, MOST_TILTED)
    if upside_down:
        roll += rng.uniform(*UPSIDE_DOWN)
    return rotation(float(yaw), float(pitch), float(roll))


def random_camera(landmarks: np.ndarray, turn: np.ndarray, rng: Rng, *, missed: bool) -> np.ndarray:
    """(3, 4): the pose ``turn``, seen so that ``landmarks`` (68, 3) lie in the crop about as they do in use, or, where
    it is ``missed``, as a tracker should give up."""
    turned = landmarks @ turn.T
    low, high = turned[:, :2].min(0), turned[:, :2].max(0)
    side = (high - low).max() * REGION * np.exp(np.clip(rng.normal(0, 0.11), -0.35, 0.4))
    shift = np.clip(rng.normal(0, 0.045, 2), -0.18, 0.18)
    if missed:
        side, shift = _missed(side, rng)
    scale = SIZE / side
    place = SIZE / 2 + 0.5 - scale * (low + high) / 2 + shift * SIZE
    return np.concatenate([scale * turn, [[place[0]], [place[1]], [DEPTH]]], axis=1)


def _missed(side: float, rng: Rng) -> tuple[float, np.ndarray]:
    """Side and shift of a region that misses the face: beside it, far too large, or far too small."""
    kind = rng.random()
    if kind < 0.7:
        angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 1.0)
        return side, far * np.array([np.cos(angle), np.sin(angle)])
    if kind < 0.85:
        return side * rng.uniform(2.6, 4), rng.uniform(-0.3, 0.3, 2)
    return side * rng.uniform(0.15, 0.35), rng.uniform(-0.3, 0.3, 2)
