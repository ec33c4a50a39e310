"""YuNet: its working size and its outputs (Wu, Peng, Yu: "YuNet: A Tiny Millisecond-level Face Detector", 2023)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from visaged.values import Box
from visaged.vision.candidates import Candidates
from visaged.vision.roi import square_around
from visaged.vision.view import View

Tensor = NDArray[np.float32]

STRIDES = (8, 16, 32)
SIZES = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
KINDS = {kind: i * len(STRIDES) for i, kind in enumerate(SIZES)}
"""The kinds of output: how many numbers a cell has, and where in the list of all outputs the first is."""

LONGER_SIDE = 320
ENLARGEMENT = 1.23
SHIFT_DOWN = 0.16
"""From a box to the region of interest, in mean sides of the box: medians over portraits of what landmarks ask for."""


class YuNet:
    """An anchor-free detector: each cell of three grids says how likely it is the centre of a face, and its box."""

    outputs: Mapping[str, int] = MappingProxyType(
        {f"{kind}_{stride}": size for kind, size in SIZES.items() for stride in STRIDES}
    )
    mean = (0.0, 0.0, 0.0)
    threshold = 0.6

    def view(self, width: int, height: int, longer_side: int) -> View:
        """Scale the longer side to ``longer_side``, and make both sides whole cells of the coarsest grid.

        The longer side is scaled to whole cells, the shorter is padded.
        """
        scale = _whole_cells(longer_side or LONGER_SIDE) / max(width, height)
        out_width, out_height = _whole_cells(width * scale), _whole_cells(height * scale)
        return View((0.0, 0.0, out_width / scale, out_height / scale), out_width, out_height, scale)

    def rows(self, width: int, height: int) -> Mapping[str, int]:
        """One prediction for each cell."""
        strides = {name: int(name.rpartition("_")[2]) for name in self.outputs}
        return {name: (width // stride) * (height // stride) for name, stride in strides.items()}

    def decode(self, outputs: list[Tensor], width: int, height: int, threshold: float) -> Candidates:
        """The cells of all grids that score above ``threshold``.

        The score is the geometric mean of "is a face" and "is its centre". The box is the centre's offset and the
        logarithm of the size, the points are offsets, all in cells.
        """
        faces, centres, offsets, landmarks = (_joined(outputs[i : i + len(STRIDES)]) for i in KINDS.values())
        scores = np.sqrt(np.clip(faces, 0, 1) * np.clip(centres, 0, 1))[:, 0]
        chosen = np.flatnonzero(scores > threshold)
        cells = _cells(width, height)[chosen]
        corner, stride, moved = cells[:, :2], cells[:, 2:], offsets[chosen]
        centre = (corner + moved[:, :2]) * stride
        half = np.exp(moved[:, 2:]) * (stride / 2)
        points = (corner[:, None] + landmarks[chosen].reshape(-1, 5, 2)) * stride[:, None]
        return Candidates(np.concatenate([centre - half, centre + half], axis=1), scores[chosen], points)

    def roi(self, box: Box) -> Box:
        """YuNet's boxes are tighter than those that the regressor's own cropping rule expects."""
        return square_around(box, ENLARGEMENT, SHIFT_DOWN)


def _whole_cells(length: float) -> int:
    return max(1, -(-round(length) // STRIDES[-1])) * STRIDES[-1]


def _joined(levels: list[Tensor]) -> Tensor:
    joined: Tensor = np.concatenate(levels, axis=1)[0]
    return joined


@lru_cache(maxsize=4)
def _cells(width: int, height: int) -> Tensor:
    """Column, row and stride in pixels of every cell of the grids over ``width`` x ``height`` pixels, (n, 3)."""
    grids = []
    for stride in STRIDES:
        row, column = np.divmod(np.arange((height // stride) * (width // stride)), width // stride)
        grids.append(np.stack([column, row, np.full_like(row, stride)], axis=1))
    return np.concatenate(grids).astype(np.float32)
