"""How often the detector sees a face where there is none: the share of pictures without a face, by what they show.

    python scripts/false_faces.py ../shared [--save FOLDER] [--set KEY=VALUE]

The pictures are made of evaluation data and of nothing else, so that what a detector was trained on is not in them:

- heads: AFLW2000-3D with an oval painted over the face (hair, ears, clothes and surroundings stay),
- surroundings: AFLW2000-3D's parts beside the face,
- cabins: YawDD with an oval painted over the face, wherever OpenCV's YuNet sees one,
- patterns: noise, gradients, stripes, checks and blobs.

Pictures that show another face are left out by name. Prints one JSON object; ``--save`` keeps what was found, for the
eye: a face that was left in is the set's mistake, not the detector's.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from visaged.assembly import open_vision
from visaged.config import load
from visaged.sources.picture import read_picture
from visaged.values import Box, Detection, Image

PATTERNS = 500
FOREHEAD = 0.5  # how far above the landmarks an oval reaches, in their height
ASIDE = 0.15  # and how far beyond them at the other sides
SMALLEST_PART = 100  # pixels
SIDE = 450
OTHER_FACES = """
00289 00447 01402 01483 01486 01505 01506 01748 01749 01818 01834 02272 02369 02448 02490
02679 02797 02941 02957 03075 03302 03431 03561 03590 03615 03860 03996 04012 04084 04232
"""
"""Numbers of AFLW2000-3D's pictures that show a second face, seen by eye."""

Plane = NDArray[np.float64]


@dataclass(frozen=True)
class Picture:
    """``kind`` is what it shows; ``name`` tells it from others of its kind."""

    kind: str
    name: str
    image: Image


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, help="the folder with eval/ and upstream/")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="where to write the pictures with a false face")
    parser.add_argument("--set", action="append", default=[], dest="sets", metavar="KEY=VALUE")
    args = parser.parse_args()
    detector = open_vision(load(None, [*args.sets, "inference.threads=1"]).config).detector
    counts: dict[str, list[bool]] = {}
    for picture in pictures(args.shared):
        found = detector.detect(Picture(picture.image))
        counts.setdefault(picture.kind, []).append(bool(found))
        if found and args.save:
            _save(args.save, picture, found)
    counts["all"] = [hit for hits in counts.values() for hit in hits]
    print(
        json.dumps(
            {
                kind: {"pictures": len(hits), "with_a_false_face": sum(hits), "percent": round(100 * np.mean(hits), 3)}
                for kind, hits in counts.items()
            }
        )
    )


def pictures(shared: Path) -> Iterator[Picture]:
    """The whole set, always the same."""
    yield from _portraits(shared / "eval" / "aflw2000")
    yield from _cabins(shared)
    yield from _patterns()


def _portraits(folder: Path) -> Iterator[Picture]:
    with np.load(folder / "groundtruth.npz") as truth:
        names, landmarks = truth["names"], truth["pts68"]
    others = OTHER_FACES.split()
    for file, points in zip(names.tolist(), landmarks, strict=True):
        name = Path(file).stem.removeprefix("image")
        if name in others:
            continue
        image, box = read_picture(folder / "images" / file), _whole_face(points[:2])
        yield Picture("heads", name, _painted_over(image, box))
        for side, part in _beside(image, box).items():
            yield Picture("surroundings", f"{name}-{side}", part)


def _cabins(shared: Path) -> Iterator[Picture]:
    network = str(shared / "upstream" / "yunet" / "face_detection_yunet_2023mar.onnx")
    for path in sorted((shared / "eval" / "yawdd").rglob("*.jpg")):
        image = read_picture(path)
        faces = cv2.FaceDetectorYN.create(network, "", (image.shape[1], image.shape[0]), 0.3).detect(image)[1]
        for x, y, width, height in () if faces is None else faces[:, :4].tolist():
            image = _painted_over(image, (x - 0.2 * width, y - 0.15 * height, x + 1.2 * width, y + 1.15 * height))
        yield Picture("cabins", path.stem, image)


def _patterns() -> Iterator[Picture]:
    rng = np.random.default_rng(0)
    for number in range(PATTERNS):
        yield Picture("patterns", str(number), _pattern(rng))


def _whole_face(points: NDArray[np.float32]) -> Box:
    """From the hair line to below the chin; ``points`` (2, 68)."""
    (x1, y1), (x2, y2) = points.min(1).tolist(), points.max(1).tolist()
    width, height = x2 - x1, y2 - y1
    return x1 - ASIDE * width, y1 - FOREHEAD * height, x2 + ASIDE * width, y2 + ASIDE * height


def _painted_over(image: Image, box: Box) -> Image:
    """An oval in the colour of what surrounds it."""
    painted: Image = image.copy()
    centre, axes = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), (box[2] - box[0], box[3] - box[1])
    cv2.ellipse(painted, (centre, axes, 0.0), np.median(image, axis=(0, 1)).tolist(), -1, cv2.LINE_AA)
    return painted


def _beside(image: Image, box: Box) -> dict[str, Image]:
    """The parts of the picture at each side of the box that are large enough, scaled to one size."""
    x1, y1, x2, y2 = (max(0, int(v)) for v in box)
    parts = {"left": image[:, :x1], "right": image[:, x2:], "top": image[:y1], "bottom": image[y2:]}
    return {side: _scaled(part) for side, part in parts.items() if min(part.shape[:2]) >= SMALLEST_PART}


def _scaled(part: Image) -> Image:
    factor = SIDE / max(part.shape)
    return np.asarray(cv2.resize(part, None, fx=factor, fy=factor), np.uint8)


def _pattern(rng: np.random.Generator) -> Image:
    """Two patterns in random colours, one within a blob of the other."""
    first, second = (_two_colours(_shade(rng), rng) for _ in range(2))
    blob = _noise(rng, int(rng.integers(2, 9))) > 0.5
    return np.asarray(np.where(blob[..., None], first, second), np.uint8)


def _two_colours(shade: Plane, rng: np.random.Generator) -> Image:
    dark, bright = rng.uniform(0, 255, (2, 3))
    coloured: Image = (dark + (bright - dark) * shade[..., None]).astype(np.uint8)
    return coloured


def _shade(rng: np.random.Generator) -> Plane:
    """(SIDE, SIDE) in [0, 1]."""
    kind = rng.integers(4)
    if kind == 0:
        return np.asarray(np.mean([_noise(rng, cells) for cells in (4, 16, 64)], axis=0))
    if kind == 1:
        return np.outer(np.linspace(0, 1, SIDE), np.linspace(rng.uniform(), rng.uniform(), SIDE))
    if kind == 2:
        return _wave(rng)
    return np.asarray(np.abs(np.rint(_wave(rng)) - np.rint(_wave(rng))))


def _wave(rng: np.random.Generator) -> Plane:
    angle, period = rng.uniform(0, np.pi), rng.uniform(6, 150)
    x, y = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    wave: Plane = 0.5 + 0.5 * np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / period)
    return wave


def _noise(rng: np.random.Generator, cells: int) -> Plane:
    noise = cv2.resize(rng.random((cells, cells)), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(noise, 0, 1), np.float64)


def _save(folder: Path, picture: Picture, found: list[Detection]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shown = picture.image.copy()
    for face in found:
        x1, y1, x2, y2 = (round(v) for v in face.box)
        cv2.rectangle(shown, (x1, y1), (x2, y2), (0, 0, 255), 2)
    cv2.imwrite(str(folder / f"{picture.kind}-{picture.name}.jpg"), shown)


if __name__ == "__main__":
    main()
