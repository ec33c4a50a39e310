"""The face model on MediaPipe's 478 points: what pictures are fitted with, and what the network is corrected by."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from arrays import read_arrays
from landmarks68 import landmark_indices
from layout import SHAPES

FILE = "fits.npz"


@dataclass(frozen=True)
class Coarse:
    """``mean`` (478, 3), ``shapes`` (40, 478, 3) and ``expressions`` (10, 478, 3), micrometres.

    y is up, z at the viewer.
    """

    mean: np.ndarray
    shapes: np.ndarray
    expressions: np.ndarray

    @cached_property
    def modes(self) -> np.ndarray:
        """(50, 478, 3): shapes, then expressions, as the coefficients are."""
        return np.concatenate([self.shapes, self.expressions])

    @cached_property
    def roles(self) -> np.ndarray:
        """(3, 478, 3): what shuts the left and the right lid, and opens the mouth wide."""
        return self.modes[SHAPES : SHAPES + 3]

    @cached_property
    def landmark_indices(self) -> np.ndarray:
        """(68,): the points nearest to the landmarks; half an edge away from the true ones at most."""
        return landmark_indices(self.mean)

    def faces(self, coefficients: np.ndarray) -> np.ndarray:
        """(..., 478, 3) of ``coefficients`` (..., 50)."""
        return self.mean + np.einsum("...k,kvc->...vc", coefficients, self.modes)

    def landmarks(self, coefficients: np.ndarray) -> np.ndarray:
        """(68, 3) of ``coefficients`` (50,)."""
        moved = np.einsum("k,kvc->vc", coefficients, self.modes[:, self.landmark_indices])
        return self.mean[self.landmark_indices] + moved


def load_coarse(work: Path) -> Coarse:
    """The one that ``face_model.py`` left in ``work``; raises UsageError or ModelError."""
    found = read_arrays(work / FILE, ("base_mean", "base_shapes", "base_expressions"), "face_model.py")
    return Coarse(found["base_mean"], found["base_shapes"], found["base_expressions"])
