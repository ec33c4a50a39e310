"""What scenes are composed of: faces cut out with their boxes and points, and pictures without a face."""

import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

RIGHT_EYE, LEFT_EYE, NOSE, RIGHT_MOUTH, LEFT_MOUTH = (33, 133), (362, 263), (1,), (61,), (291,)
"""The labelled points whose mean is each of the five; right and left are the person's own."""

TOP_OF_FACE = (67, 109, 10, 338, 297)
FOREHEAD, CHIN = 10, 152
RAISED = 0.12  # of the face's height: the labels end below the hairline, where boxes of face detectors end

FRAMES_PER_VIDEO = 12
HELD_OUT = 20  # one source in so many is kept for measuring while training
SMALLEST = 16  # side of the smallest copy of a crop
MASK_SIDE = 64
MOST_MIRRORED = 0.4  # of a crop's side may repeat its picture, mirrored, at each border


@dataclass(frozen=True)
class Face:
    """``crop`` (s, s, 3) uint8; ``outline`` (n, 2) and ``points`` (5, 2) in its pixels; ``inside`` x1, y1, x2, y2 is
    what it shows of its picture, the rest repeats the border."""

    crop: np.ndarray
    outline: np.ndarray
    points: np.ndarray
    inside: tuple[int, int, int, int]

    @property
    def box(self) -> np.ndarray:
        return bounding_box(self.outline)

    @cached_property
    def smaller(self) -> list[np.ndarray]:
        """The crop at its own size, half of it, a quarter, ..."""
        copies = [self.crop]
        while copies[-1].shape[0] > SMALLEST:
            side = copies[-1].shape[0] // 2
            copies.append(cv2.resize(copies[-1], (side, side), interpolation=cv2.INTER_AREA))
        return copies

    @cached_property
    def silhouette(self) -> np.ndarray:
        """Head and shoulders, (64, 64) uint8, 255 inside, cut along the edges of the picture."""
        small = cv2.resize(self.crop, (MASK_SIDE, MASK_SIDE), interpolation=cv2.INTER_AREA)
        scale = MASK_SIDE / self.crop.shape[0]
        trimap = _likely_person(self.box * scale)
        cv2.fillConvexPoly(trimap, (self.outline * scale).astype(np.int32), cv2.GC_FGD)
        cv2.setRNGSeed(0)
        cv2.grabCut(small, trimap, None, np.zeros((1, 65)), np.zeros((1, 65)), 2, cv2.GC_INIT_WITH_MASK)
        person = ((trimap == cv2.GC_FGD) | (trimap == cv2.GC_PR_FGD)).astype(np.uint8) * 255
        return cv2.medianBlur(person, 3)


@dataclass(frozen=True)
class Material:
    """``weights`` (n,): how often each face is drawn, adding up to 1."""

    faces: list[Face]
    weights: np.ndarray
    backgrounds: list[np.ndarray]


def load(files: Iterable[Path], *, held_out: bool, without: Collection[int] = ()) -> Material:
    """The faces and backgrounds of files as ``label.py`` writes them, without what is held out, or only that.

    Every file is drawn from as often. ``without``: numbers of backgrounds that show a face after all."""
    faces, weights, backgrounds = [], [], []
    for file in files:
        with np.load(file) as data:
            chosen = [i for i in few_per_video(data["sources"]) if is_held_out(data["sources"][i]) == held_out]
            crops, points = data["crops"], data["points"]
            faces += [face_of(crops[i], points[i]) for i in chosen]
            weights.append(_weights([group_of(data["sources"][i]) for i in chosen]))
            if "backgrounds" in data:
                backgrounds += _backgrounds(data["backgrounds"], without, held_out=held_out)
    return Material(faces, np.concatenate(weights) / len(weights), backgrounds)


def _backgrounds(pictures: np.ndarray, without: Collection[int], *, held_out: bool) -> list[np.ndarray]:
    return [p for i, p in enumerate(pictures) if i not in without and (i % HELD_OUT == 0) == held_out]


def face_of(crop: np.ndarray, points: np.ndarray) -> Face:
    """``points`` (478, 3) in pixels of the crop."""
    flat = points[:, :2]
    raised = flat[list(TOP_OF_FACE)] + RAISED * (flat[FOREHEAD] - flat[CHIN])
    five = [flat[list(part)].mean(0) for part in (RIGHT_EYE, LEFT_EYE, NOSE, RIGHT_MOUTH, LEFT_MOUTH)]
    return Face(crop, cv2.convexHull(np.concatenate([flat[:468], raised]))[:, 0], np.stack(five), not_mirrored(crop))


def bounding_box(points: np.ndarray) -> np.ndarray:
    """x1, y1, x2, y2 around (n, 2)."""
    return np.concatenate([points.min(0), points.max(0)])


def group_of(source: str) -> str:
    """A video shows one person or two: all its frames count together as two pictures."""
    return str(source).partition("#")[0]


def is_held_out(source: str) -> bool:
    return zlib.crc32(Path(group_of(source)).name.encode()) % HELD_OUT == 0


def few_per_video(sources: np.ndarray) -> list[int]:
    members: dict[str, list[int]] = {}
    for i, source in enumerate(sources):
        members.setdefault(group_of(source), []).append(i)
    return [i for all_ in members.values() for i in all_[:: -(-len(all_) // FRAMES_PER_VIDEO)]]


def _weights(groups: list[str]) -> np.ndarray:
    sizes = {group: groups.count(group) for group in set(groups)}
    weights = np.array([min(1.0, 2 / sizes[group]) for group in groups])
    return weights / weights.sum()


def not_mirrored(crop: np.ndarray) -> tuple[int, int, int, int]:
    """Where the crop is no mirror image of itself along its borders."""
    side = crop.shape[0] // 2
    half = cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(half, cv2.COLOR_BGR2GRAY).astype(np.float32)
    left, right = _mirrored(grey), _mirrored(grey[:, ::-1])
    top, bottom = _mirrored(grey.T), _mirrored(grey[::-1].T)
    return 2 * left, 2 * top, 2 * (side - right), 2 * (side - bottom)


def _mirrored(grey: np.ndarray) -> int:
    """How many columns at the left repeat those that follow, mirrored; a plain border counts as well."""
    for width in range(int(MOST_MIRRORED * grey.shape[1]), 2, -1):
        near, far = grey[:, :width], grey[:, width + 1 : 2 * width + 1]
        for other in (far, grey[:, width : 2 * width]):
            if np.abs(near[:, ::-1][:, : other.shape[1]] - other).mean() < 2 + 0.12 * near.std():
                return width
    return 0


def _likely_person(box: np.ndarray) -> np.ndarray:
    """A first guess for GrabCut around a face's box: an ellipse for the head, trapeziums for the shoulders."""
    trimap = np.full((MASK_SIDE, MASK_SIDE), cv2.GC_BGD, np.uint8)
    (x, y), (width, height) = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
    axes = int(width * 0.8), int(height * 0.78)
    cv2.ellipse(trimap, (int(x), int(y - height * 0.08)), axes, 0, 0, 360, cv2.GC_PR_FGD, -1)
    for top, bottom, how in ((0.5, 1.7, cv2.GC_PR_FGD), (0.25, 1.0, cv2.GC_FGD)):
        left, right = np.array([-top, -bottom]) * width + x, np.array([top, bottom]) * width + x
        corners = [(left[0], box[3]), (right[0], box[3]), (right[1], MASK_SIDE), (left[1], MASK_SIDE)]
        cv2.fillConvexPoly(trimap, np.array(corners, np.int32), how)
    return trimap
