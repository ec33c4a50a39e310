"""YuNet: its working size and its outputs (Wu, Peng, Yu: "YuNet: A Tiny Millisecond-level Face Detector", 2023)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from visaged.values import Box
from visaged.vision.roi import roi_from_box
from visaged.vision.view import View

Tensor = NDArray[np.float32]

STRIDES = (8, 16, 32)
LONGER_SIDE = 320
WIDENING = 1.02
SHIFT_DOWN = 0.01


class YuNet:
    """An anchor-free detector: each cell of three grids says how likely it is the centre of a face, and its box."""

    outputs = {f"{kind}_{stride}": size for kind, size in (("cls", 1), ("obj", 1), ("bbox", 4)) for stride in STRIDES}
    mean = (0.0, 0.0, 0.0)

    def view(self, width: int, height: int, longer_side: int) -> View:
        """Scale the longer side to ``longer_side`` and pad both sides to whole cells of the coarsest grid."""
        scale = (longer_side or LONGER_SIDE) / max(width, height)
        out_width, out_height = _whole_cells(width * scale), _whole_cells(height * scale)
        return View((0.0, 0.0, out_width / scale, out_height / scale), out_width, out_height, scale)

    def decode(self, outputs: list[Tensor], width: int, height: int) -> tuple[Tensor, Tensor]:
        """Boxes (n, 4) in pixels and scores (n,), all cells of all grids.

        The score is the geometric mean of "is a face" and "is its centre"; the box is the centre's offset and the
        logarithm of the size, both in cells.
        """
        levels = len(STRIDES)
        faces, centres, offsets = outputs[:levels], outputs[levels : 2 * levels], outputs[2 * levels :]
        boxes = [_boxes(offset[0], stride, width // stride) for offset, stride in zip(offsets, STRIDES, strict=True)]
        face, centre = np.concatenate(faces, axis=1)[0, :, 0], np.concatenate(centres, axis=1)[0, :, 0]
        return np.concatenate(boxes), np.sqrt(np.clip(face, 0, 1) * np.clip(centre, 0, 1))

    def roi(self, box: Box) -> Box:
        """YuNet's boxes are a little smaller than those the regressor's cropping rule expects."""
        x1, y1, x2, y2 = box
        side = (x2 - x1 + y2 - y1) / 2
        grow, down = side * (WIDENING - 1) / 2, side * SHIFT_DOWN
        return roi_from_box((x1 - grow, y1 - grow + down, x2 + grow, y2 + grow + down))


def _whole_cells(length: float) -> int:
    return max(1, -(-round(length) // STRIDES[-1])) * STRIDES[-1]


def _boxes(offsets: Tensor, stride: int, columns: int) -> Tensor:
    row, column = np.divmod(np.arange(len(offsets), dtype=np.int32), np.int32(columns))
    cells = np.stack([column, row], axis=1).astype(np.float32)
    centre = (cells + offsets[:, :2]) * stride
    half = np.exp(offsets[:, 2:]) * (stride / 2)
    return np.concatenate([centre - half, centre + half], axis=1)
