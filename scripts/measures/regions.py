"""Regions of pictures that show a face, half of one, or none."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from visaged.values import Box, Image
from visaged.vision.boxes import fraction_inside, intersection_over_union
from visaged.vision.roi import side_of

TRIES = 50
"""Draws for each region that is wanted."""

SIZES = 0.3, 1.0
"""Sides of regions without a face, in sides of the face's region."""

MOST_INSIDE = 0.5


@dataclass(frozen=True)
class SeenFace:
    """A picture, the region that a face is cropped by, and the box around the face itself."""

    image: Image
    region: Box
    box: Box


def beside(face: SeenFace, random: np.random.Generator, count: int) -> Iterator[Box]:
    """Up to ``count`` squares inside the picture that nothing of the face's box is in."""
    height, width = face.image.shape[:2]

    def drawn() -> Box:
        side = random.uniform(*SIZES) * side_of(face.region)
        x, y = random.uniform(0, width - side), random.uniform(0, height - side)
        return x, y, x + side, y + side

    def fits(region: Box) -> bool:
        inside = fraction_inside(region, width, height) > 0.999
        return inside and intersection_over_union(region, face.box) == 0

    yield from _first(drawn, fits, count)


def half_out(face: SeenFace, random: np.random.Generator, count: int) -> Iterator[Box]:
    """Up to ``count`` regions as large as the face's, moved until less than half of its box is inside."""
    side = side_of(face.region)

    def drawn() -> Box:
        angle, way = random.uniform(0, 2 * math.pi), random.uniform(0, 1) * side
        return moved(face.region, way * math.cos(angle), way * math.sin(angle))

    def fits(region: Box) -> bool:
        return 0 < _share_of(face.box, region) < MOST_INSIDE

    yield from _first(drawn, fits, count)


def moved(region: Box, x: float, y: float) -> Box:
    """The region ``x`` pixels to the right and ``y`` down."""
    return region[0] + x, region[1] + y, region[2] + x, region[3] + y


def upside_down(face: SeenFace) -> SeenFace:
    """The picture standing on its head, and where the face is then."""
    last = face.image.shape[0] - 1
    return SeenFace(np.ascontiguousarray(face.image[::-1]), _flipped(face.region, last), _flipped(face.box, last))


def _flipped(box: Box, last: int) -> Box:
    return box[0], last - box[3], box[2], last - box[1]


def _share_of(box: Box, region: Box) -> float:
    """How much of ``box`` lies in ``region``."""
    x, y = region[:2]
    return fraction_inside(moved(box, -x, -y), region[2] - x, region[3] - y)  # type: ignore[arg-type]


def _first(draw: Callable[[], Box], fits: Callable[[Box], bool], count: int) -> Iterator[Box]:
    found = 0
    for _ in range(TRIES * count):
        if found == count:
            return
        region = draw()
        if fits(region):
            found += 1
            yield region
