"""What ``label.py`` left: pictures of faces, and where their points are."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import topology
from arrays import read_arrays

from visaged.errors import ModelError

MAKER = "label.py"
Y_UP = np.array([1, -1, 1])
"""From the axes of pictures to those of the model; the same back."""


@dataclass(frozen=True)
class Labels:
    """``crops`` (n, 256, 256, 3) uint8, BGR; ``points`` (n, 478, 3) in their pixels, but y up, z at the viewer.

    ``sources`` (n,): the file of each, and after a # the frame of a video. ``backgrounds`` (m, 256, 256, 3): without a
    face. ``edges`` (e, 2): of MediaPipe's mesh.
    """

    crops: np.ndarray
    points: np.ndarray
    sources: np.ndarray
    backgrounds: np.ndarray
    edges: np.ndarray

    @cached_property
    def pairs(self) -> np.ndarray:
        """(478,): the mirror image of each point."""
        return topology.mirror(self.edges)

    @cached_property
    def files(self) -> np.ndarray:
        """(n,): the file of each picture, without the number of its frame."""
        return np.array([str(source).split("#")[0] for source in self.sources])

    @cached_property
    def film(self) -> np.ndarray:
        """(n,): whether it is a frame of a video."""
        return np.array(["#" in str(source) for source in self.sources])

    def mirrored(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 478, 3) of crops as they lie in the mirrored crops."""
        return (points * [-1, 1, 1] + [self.crops.shape[2] - 1, 0, 0])[..., self.pairs, :]


def load_labels(path: Path) -> Labels:
    """Raises UsageError or ModelError where ``path`` holds nothing to learn from."""
    found = read_arrays(path, ("crops", "points", "sources", "backgrounds", "edges"), MAKER)
    for name, what in (("crops", "faces"), ("backgrounds", "backgrounds")):
        if not len(found[name]):
            raise ModelError(f"{path} has no {what}; label pictures that show some with {MAKER}")
    found["points"] = found["points"].astype(np.float64) * Y_UP
    return Labels(**found)
