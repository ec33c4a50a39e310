"""The face model on MediaPipe's 478 points: what pictures are fitted with, and what the network is corrected by."""

from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np
from arrays import read_arrays
from layout import SHAPES

FILE = "fits.npz"


@dataclass(frozen=True)
class Coarse:
    """``mean`` (478, 3), ``shapes`` (40, 478, 3) and ``expressions`` (10, 478, 3), micrometres.

    y is up, z at the viewer. ``places`` (68, 478): how much of each point the landmarks are made of.
    """

    mean: np.ndarray
    shapes: np.ndarray
    expressions: np.ndarray
    places: np.ndarray

    @cached_property
    def modes(self) -> np.ndarray:
        """(50, 478, 3): shapes, then expressions, as the coefficients are."""
        return np.concatenate([self.shapes, self.expressions])

    @cached_property
    def roles(self) -> np.ndarray:
        """(3, 478, 3): what shuts the left and the right lid, and opens the mouth wide."""
        return self.modes[SHAPES : SHAPES + 3]

    def faces(self, coefficients: np.ndarray) -> np.ndarray:
        """(..., 478, 3) of ``coefficients`` (..., 50)."""
        return self.mean + np.einsum("...k,kvc->...vc", coefficients, self.modes)

    def landmarks(self, coefficients: np.ndarray) -> np.ndarray:
        """(68, 3) of ``coefficients`` (50,)."""
        return self.places @ self.faces(coefficients)


def load_coarse(work: Path) -> Coarse:
    """The one that ``face_model.py`` left in ``work``; raises UsageError or ModelError."""
    names = [field.name for field in fields(Coarse)]
    found = read_arrays(work / FILE, tuple(f"base_{name}" for name in names), "face_model.py")
    return Coarse(*(found[f"base_{name}"] for name in names))
