"""The regressor: MobileNet x0.5 (Howard et al. 2017) that reads where things are, not only whether.

The mean over the last 4x4 cells is a learned sum instead (a depthwise convolution, Chen et al., MobileFaceNets, 2018).
"""

from itertools import pairwise

import torch
from layout import PARAMS, SIGNALS
from torch import nn

WIDTHS = (16, 32, 64, 64, 128, 128, 256, 256, 256, 256, 256, 256, 512, 512)
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
CELLS = 4  # a side that are left


def block(before: int, after: int, stride: int) -> nn.Sequential:
    """A depthwise separable convolution: ``before`` channels to ``after``."""
    return nn.Sequential(
        nn.Conv2d(before, before, 3, stride, 1, groups=before, bias=False),
        nn.BatchNorm2d(before),
        nn.ReLU(inplace=True),
        nn.Conv2d(before, after, 1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )


class Network(nn.Module):
    """(n, 3, 120, 120), grey levels as (g - 127.5) / 128, to normalised parameters (n, 62) and logits (n, 6)."""

    def __init__(self) -> None:
        super().__init__()
        first = [nn.Conv2d(3, WIDTHS[0], 3, 2, 1, bias=False), nn.BatchNorm2d(WIDTHS[0]), nn.ReLU(inplace=True)]
        blocks = [block(a, b, s) for (a, b), s in zip(pairwise(WIDTHS), STRIDES, strict=True)]
        self.features = nn.Sequential(*first, *blocks)
        self.gather = nn.Sequential(
            nn.Conv2d(WIDTHS[-1], WIDTHS[-1], CELLS, groups=WIDTHS[-1], bias=False), nn.BatchNorm2d(WIDTHS[-1])
        )
        self.answer = nn.Linear(WIDTHS[-1], PARAMS + SIGNALS)

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        found = self.answer(self.gather(self.features(image)).flatten(1))
        return found[:, :PARAMS], found[:, PARAMS:]


class Shipped(nn.Module):
    """What is exported: the signals as probabilities."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        params, signals = self.network(image)
        return params, torch.sigmoid(signals)
