"""The pictures for evaluation that are no crops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measures.aflw2000 import Truth
from measures.regions import SeenFace
from visaged.sources.picture import read_picture
from visaged.values import Box, Image


def aflw2000_faces(truth: Truth) -> Iterator[SeenFace]:
    """The whole pictures of AFLW2000-3D."""
    for name, points, region in zip(truth.names, truth.points, truth.regions, strict=True):
        image = read_picture(truth.folder / "images" / f"{name}.jpg")
        box = _box([*points.min(axis=0), *points.max(axis=0)])
        yield SeenFace(image, _box(region), box)


def yawdd_pictures(data: Path) -> Iterator[tuple[Path, Image]]:
    """The drivers."""
    for path in sorted((data / "yawdd").glob("*/*.jpg")):
        yield path, read_picture(path)


def _box(corners: Any) -> Box:
    x1, y1, x2, y2 = (float(v) for v in corners)
    return x1, y1, x2, y2
