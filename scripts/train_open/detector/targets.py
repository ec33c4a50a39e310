"""Which cells answer for which face, and what their answers cost."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from detector.network import STRIDES
from detector.scenes import Scene

REACH = 1.3  # how far from a face's middle a cell may answer for it, in strides
SHARE = 0.3  # ... and in sides of its box, if that is less
NEAR = 0.65  # within so many sides of the box a cell is neither asked nor blamed for "is a face"
FACES = {8: (0.0, 40.0), 16: (24.0, 88.0), 32: (56.0, float("inf"))}
"""The mean sides of the boxes for which the cells of a grid answer, in pixels; neighbours share some."""

BACKGROUND, IGNORED = -1, -2
FOCUS = 2.0  # Lin et al., "Focal Loss for Dense Object Detection", 2017
BOX_WEIGHT, POINTS_WEIGHT = 2.0, 4.0


@dataclass(frozen=True)
class Targets:
    """``face`` (n, cells): the row in ``boxes`` (m, 4) and ``points`` (m, 10) of the face that a cell answers for,
    or BACKGROUND or IGNORED; ``near`` (n, cells): it lies in a face, but need not answer."""

    face: Tensor
    near: Tensor
    boxes: Tensor
    points: Tensor


def targets_of(scenes: list[Scene]) -> Targets:
    """For scenes of one size."""
    height, width = scenes[0].image.shape[:2]
    cells = cells_in(width, height)
    face = np.full((len(scenes), len(cells)), BACKGROUND, np.int64)
    near = np.zeros((len(scenes), len(cells)), bool)
    first = 0
    for row, scene in enumerate(scenes):
        for i, (box, counts) in enumerate(zip(scene.boxes, scene.counts, strict=True)):
            _assign(face[row], near[row], cells, box, first + i if counts else IGNORED)
        first += len(scene.boxes)
    boxes, points = (np.concatenate([getattr(s, name) for s in scenes]) for name in ("boxes", "points"))
    return Targets(*(torch.from_numpy(a) for a in (face, near, boxes, points.reshape(-1, 10))))


@lru_cache(maxsize=8)
def cells_in(width: int, height: int) -> np.ndarray:
    """Left, top and stride of every cell in pixels, (cells, 3) float32."""
    grids = []
    for stride in STRIDES:
        rows, columns = np.mgrid[: height // stride, : width // stride]
        grids.append(np.stack([columns.ravel() * stride, rows.ravel() * stride, np.full(rows.size, stride)], axis=1))
    return np.concatenate(grids).astype(np.float32)


def loss(raw: Tensor, targets: Targets, cells: Tensor) -> dict[str, Tensor]:
    """The terms of the loss; ``raw`` (n, cells, 16) as ``network.cells_of`` gives it."""
    asked = targets.face >= 0
    count = asked.sum().clamp(min=1)
    scene, cell = asked.nonzero(as_tuple=True)
    wanted = targets.face[scene, cell]
    place, answer = cells[cell], raw[scene, cell]
    overlap, box = box_loss(boxes_at(answer[:, 2:6], place), targets.boxes[wanted])
    blamed = targets.face != IGNORED
    quality = torch.zeros_like(raw[..., 0])
    quality[scene, cell] = overlap
    is_face = _focal(raw[..., 0], asked.float())[blamed & (asked | ~targets.near)].sum()
    is_centre = _focal(raw[..., 1], quality)[blamed].sum()
    side = (targets.boxes[wanted, 2:] - targets.boxes[wanted, :2]).mean(1, keepdim=True)
    off = (points_at(answer[:, 6:], place) - targets.points[wanted]) / side
    points = F.smooth_l1_loss(off, torch.zeros_like(off), beta=0.05, reduction="sum") / 10
    terms = {"face": is_face, "centre": is_centre, "box": BOX_WEIGHT * box.sum(), "points": POINTS_WEIGHT * points}
    return {name: term / count for name, term in terms.items()}


def boxes_at(moved: Tensor, place: Tensor) -> Tensor:
    """The boxes (k, 4) that the answers (k, 4) of the cells (k, 3) mean."""
    corner, stride = place[:, :2], place[:, 2:]
    centre = corner + moved[:, :2] * stride
    half = torch.exp(moved[:, 2:].clamp(-4, 6)) * stride / 2
    return torch.cat([centre - half, centre + half], dim=1)


def points_at(moved: Tensor, place: Tensor) -> Tensor:
    """The points (k, 10), x and y in turn, that the answers (k, 10) of the cells (k, 3) mean."""
    return place[:, :2].repeat(1, 5) + moved * place[:, 2:]


def box_loss(found: Tensor, true: Tensor) -> tuple[Tensor, Tensor]:
    """Intersection over union, detached, and the EIoU loss (Zhang et al., "Focal and Efficient IOU Loss", 2021)."""
    size, true_size = found[:, 2:] - found[:, :2], true[:, 2:] - true[:, :2]
    shared = (torch.minimum(found[:, 2:], true[:, 2:]) - torch.maximum(found[:, :2], true[:, :2])).clamp(min=0).prod(1)
    overlap = shared / (size.prod(1) + true_size.prod(1) - shared)
    around = torch.maximum(found[:, 2:], true[:, 2:]) - torch.minimum(found[:, :2], true[:, :2])
    apart = (found[:, :2] + found[:, 2:] - true[:, :2] - true[:, 2:]) / 2
    centre = apart.square().sum(1) / around.square().sum(1)
    sides = ((size - true_size) / around).square().sum(1)
    return overlap.detach(), 1 - overlap + centre + sides


def _assign(face: np.ndarray, near: np.ndarray, cells: np.ndarray, box: np.ndarray, value: int) -> None:
    """Write ``value`` into the cells that answer for ``box``: those around its middle, of the grids of its size."""
    size, middle = box[2:] - box[:2], (box[:2] + box[2:]) / 2
    stride = cells[:, 2]
    away = np.abs(cells[:, :2] + stride[:, None] / 2 - middle)
    inside = (away < NEAR * size).all(1)
    if value == IGNORED:
        face[inside & (face == BACKGROUND)] = IGNORED
        return
    near |= inside
    reach = np.maximum(np.minimum(REACH * stride, SHARE * size.mean()), 0.5 * stride + 1e-3)
    smallest, largest = (np.array([FACES[int(s)][end] for s in STRIDES]) for end in (0, 1))
    level = np.searchsorted(STRIDES, stride)
    right_size = (smallest[level] <= size.mean()) & (size.mean() <= largest[level])
    face[(away < reach[:, None]).all(1) & right_size] = value


def _focal(logit: Tensor, wanted: Tensor) -> Tensor:
    """Binary cross entropy, less for what is nearly right (Li et al., "Generalized Focal Loss", 2020)."""
    away = (wanted - torch.sigmoid(logit)).abs().pow(FOCUS)
    return away * F.binary_cross_entropy_with_logits(logit, wanted, reduction="none")
