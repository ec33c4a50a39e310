"""The detection network: depthwise separable convolutions, three grids of cells, outputs named and shaped as YuNet's.

Wu, Peng, Yu: "YuNet: A Tiny Millisecond-level Face Detector", 2023, tells what each output means; the layers are ours.
"""

import copy

import numpy as np
import torch
from torch import Tensor, nn

STRIDES = (8, 16, 32)
SIZES = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
OUTPUTS = [f"{kind}_{stride}" for kind in SIZES for stride in STRIDES]
COMMON = 48  # channels of every grid
GREY_LEVELS = 128.0  # what pixels are divided by
RARE = -4.0  # the first guess of every cell: no face


class Grids(nn.Module):
    """(n, 3, h, w) pixels, 0 to 255, B, G, R, to the raw numbers of every cell of each grid, (n, 16, h/s, w/s)."""

    def __init__(self) -> None:
        super().__init__()
        self.grey_levels = GREY_LEVELS
        self.quarter = nn.Sequential(_convolution(3, 16, 3, 2), _separable(16, 32, 2))
        self.eighth = _stage(32, 48, 4)
        self.sixteenth = _stage(48, 96, 4)
        self.thirtysecond = _stage(96, 128, 3)
        self.lateral = nn.ModuleList([_convolution(channels, COMMON, 1, 1) for channels in (48, 96, 128)])
        self.head = nn.ModuleList([nn.Sequential(_separable(COMMON, COMMON, 1), _last()) for _ in STRIDES])
        self.enlarge = nn.Upsample(scale_factor=2.0, mode="nearest")

    def forward(self, pixels: Tensor) -> list[Tensor]:
        eighth = self.eighth(self.quarter(pixels if self.grey_levels == 1 else pixels / self.grey_levels))
        sixteenth = self.sixteenth(eighth)
        stages = (eighth, sixteenth, self.thirtysecond(sixteenth))
        grids = [lateral(stage) for lateral, stage in zip(self.lateral, stages, strict=True)]
        grids[1] = grids[1] + self.enlarge(grids[2])
        grids[0] = grids[0] + self.enlarge(grids[1])
        return [head(grid) for head, grid in zip(self.head, grids, strict=True)]


def pixels_of(images: list[np.ndarray]) -> Tensor:
    """(n, 3, h, w) float32 of pictures (h, w, 3) uint8."""
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float()


def cells_of(grids: list[Tensor]) -> Tensor:
    """The raw numbers of all cells, (n, cells, 16), the finest grid first, row by row."""
    return torch.cat([grid.flatten(2).transpose(1, 2) for grid in grids], dim=1)


class Detector(nn.Module):
    """What is exported: the twelve outputs (1, cells, size) in the order of ``OUTPUTS``; scores are in [0, 1]."""

    def __init__(self, grids: Grids) -> None:
        super().__init__()
        self.grids = copy.deepcopy(grids)
        self.grids.grey_levels = 1.0  # dividing a whole picture costs a twentieth of the time of finding faces in it
        with torch.no_grad():
            self.grids.quarter[0][0].weight /= GREY_LEVELS

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        levels = [cells_of([grid]).split(list(SIZES.values()), dim=2) for grid in self.grids(pixels)]
        scores = [torch.sigmoid(level[kind]) for kind in (0, 1) for level in levels]
        return (*scores, *(level[kind] for kind in (2, 3) for level in levels))


def _convolution(inputs: int, outputs: int, kernel: int, stride: int) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


def _separable(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    depthwise = nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False)
    return nn.Sequential(depthwise, nn.BatchNorm2d(inputs), _convolution(inputs, outputs, 1, 1))


def _stage(inputs: int, outputs: int, depth: int) -> nn.Sequential:
    rest = [_separable(outputs, outputs, 1) for _ in range(depth - 1)]
    return nn.Sequential(_separable(inputs, outputs, 2), *rest)


def _last() -> nn.Conv2d:
    layer = nn.Conv2d(COMMON, sum(SIZES.values()), 1)
    nn.init.normal_(layer.weight, std=0.01)
    nn.init.constant_(layer.bias, 0.0)
    nn.init.constant_(layer.bias[:2], RARE)
    return layer
