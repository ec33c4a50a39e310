"""The One-Euro filter: a low-pass whose cut-off grows with the speed, so that rest is calm and motion not late.

Casiez, Roussel, Vogel, "1 Euro Filter: A Simple Speed-based Low-pass Filter for Noisy Input in Interactive Systems",
CHI 2012. As there, the speed is that of the way from the last filtered value to the new one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visaged.vision.rotations import Quaternion, Vector, difference, turned


@dataclass(frozen=True, slots=True)
class OneEuro:
    """How much is smoothed.

    ``min_cutoff_hz``: the cut-off frequency at rest; smaller is calmer. ``beta``: by how many Hz it grows with each
    unit of speed; larger is quicker. ``derivative_cutoff_hz``: the cut-off frequency of the speed itself.
    """

    min_cutoff_hz: float
    beta: float
    derivative_cutoff_hz: float

    def share(self, speed: float, dt: float) -> float:
        """Which share, in (0, 1), of the way to the new value is gone after ``dt`` > 0 seconds."""
        return low_pass(self.min_cutoff_hz + self.beta * speed, dt)


def low_pass(cutoff_hz: float, dt: float) -> float:
    """The share of the new value in a first-order low-pass sampled every ``dt`` seconds (the paper's formula 5)."""
    return 1.0 / (1.0 + 1.0 / (2.0 * math.pi * cutoff_hz * dt))


class RotationFilter:
    """The filter on rotations: its difference is a rotation vector, its step a turn about that vector.

    Speed is in degrees per second. Turning all input by a fixed rotation turns all output by the same.
    """

    def __init__(self, settings: OneEuro, start: Quaternion) -> None:
        self._settings = settings
        self._velocity: Vector = (0.0, 0.0, 0.0)
        self.value = start

    def update(self, measured: Quaternion, dt: float) -> Quaternion:
        """The smoothed rotation, ``dt`` > 0 seconds after the last; w >= 0."""
        x, y, z = difference(self.value, measured)
        u, v, w = self._velocity
        share = low_pass(self._settings.derivative_cutoff_hz, dt)
        u, v, w = u + share * (x / dt - u), v + share * (y / dt - v), w + share * (z / dt - w)
        self._velocity = u, v, w
        share = self._settings.share(math.degrees(math.sqrt(u * u + v * v + w * w)), dt)
        self.value = turned(self.value, (share * x, share * y, share * z))
        return self.value


class PointsSpeed:
    """How far a filter on points goes: one share for all points of a face, from their common speed.

    Speed is the root mean square over the points, in face sizes per second.
    """

    def __init__(self, settings: OneEuro) -> None:
        self._settings = settings
        self._velocity: NDArray[np.floating] | float = 0.0

    def share(self, way: NDArray[np.floating], size: float, dt: float) -> float:
        """The share of ``way`` (n, d) pixels, from the last filtered points to the new ones, that is to be gone.

        ``size``: of the face in pixels. ``dt`` > 0: seconds since the last call.
        """
        share = low_pass(self._settings.derivative_cutoff_hz, dt)
        self._velocity = self._velocity + share * (way / (size * dt) - self._velocity)
        speed = math.sqrt(float(np.square(self._velocity).sum()) / len(way))
        return self._settings.share(speed, dt)
