"""FaceBoxes: its working size, prior boxes and outputs.

Zhang et al., "FaceBoxes: A CPU Real-time Face Detector with High Accuracy", 2017; the sizes are those of the network
that 3DDFA_V2 ships.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from visaged.values import Box
from visaged.vision.candidates import Candidates
from visaged.vision.roi import roi_from_box
from visaged.vision.view import View

Tensor = NDArray[np.float32]

MAX_WIDTH, MAX_HEIGHT = 1080, 720
PRIORS = ((32, ((32, 4), (64, 2), (128, 1))), (64, ((256, 1),)), (128, ((512, 1),)))
"""Per grid its step in pixels, and the sizes of its prior boxes in pixels, each with its density per cell and axis."""
CENTRE_VARIANCE, SIZE_VARIANCE = 0.1, 0.2


class FaceBoxes:
    """An anchor-based detector, made for large pictures."""

    outputs: Mapping[str, int] = MappingProxyType({"boxes": 4, "scores": 2})
    mean = (104.0, 117.0, 123.0)
    threshold = 0.5

    def view(self, width: int, height: int, longer_side: int) -> View:
        """Shrink the picture until it fits ``longer_side``, or what 3DDFA_V2 allows; never enlarge it.

        The sides are cut to whole pixels, and boxes scaled back as if they were not, as 3DDFA_V2 does: at the far edge
        of a large picture that is half a pixel.
        """
        scale = longer_side / max(width, height) if longer_side else _allowed_scale(width, height)
        scale = min(scale, 1.0)
        region = (0.0, 0.0, float(width), float(height))
        return View(region, max(1, int(width * scale)), max(1, int(height * scale)), scale)

    def rows(self, width: int, height: int) -> Mapping[str, int]:
        """One prediction for each prior box."""
        return dict.fromkeys(self.outputs, len(prior_boxes(width, height)))

    def decode(self, outputs: list[Tensor], width: int, height: int, threshold: float) -> Candidates:
        """The prior boxes that score above ``threshold``, moved and resized as the network says."""
        scores = outputs[1][0, :, 1]
        chosen = np.flatnonzero(scores > threshold)
        offsets, priors = outputs[0][0][chosen], prior_boxes(width, height)[chosen]
        centre = priors[:, :2] + offsets[:, :2] * CENTRE_VARIANCE * priors[:, 2:]
        half = priors[:, 2:] * np.exp(offsets[:, 2:] * SIZE_VARIANCE) / 2
        return Candidates(np.concatenate([centre - half, centre + half], axis=1), scores[chosen], None)

    def roi(self, box: Box) -> Box:
        """The regressor was trained with these boxes."""
        return roi_from_box(box)


def _allowed_scale(width: int, height: int) -> float:
    scale = min(1.0, MAX_HEIGHT / height)
    return scale * (MAX_WIDTH / (width * scale)) if width * scale > MAX_WIDTH else scale


@lru_cache(maxsize=4)
def prior_boxes(width: int, height: int) -> Tensor:
    """The prior boxes of a ``width`` x ``height`` picture: (n, 4) centre x, y, width, height in pixels."""
    grids = [_grid(width, height, step, sizes) for step, sizes in PRIORS]
    return np.concatenate(grids).astype(np.float32)


def _grid(width: int, height: int, step: int, sizes: tuple[tuple[int, int], ...]) -> NDArray[np.float64]:
    rows, columns = -(-height // step), -(-width // step)
    cell = np.concatenate([_priors_of_cell(size, density, step) for size, density in sizes])
    corner = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).reshape(-1, 1, 2) * float(step)
    priors: NDArray[np.float64] = np.broadcast_to(cell, (rows * columns, *cell.shape)).copy()
    priors[..., :2] += corner
    return priors.reshape(-1, 4)


def _priors_of_cell(size: int, density: int, step: int) -> NDArray[np.float64]:
    """The priors of one size relative to the cell's corner: one in the middle, or a lattice from the corner on."""
    line = np.arange(density) * step / density if density > 1 else np.array([step / 2])
    y, x = np.meshgrid(line, line, indexing="ij")
    sides = np.full(x.size, float(size))
    return np.stack([x.ravel(), y.ravel(), sides, sides], axis=1)
