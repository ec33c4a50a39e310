"""Which working size the detector needs: the share of pictures in which it finds the face, by size and by distance.

Every picture shows one face. A distance of 2 is the picture at half its size on a black canvas as large as before: the
face as a camera twice as far away would see it. Prints one JSON object for each size; ``nets`` is the time of one
detection over one single-thread run of the regressor, medians taken in turns.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

import cv2
import numpy as np

from visaged.assembly import Vision, open_vision
from visaged.config import load
from visaged.sources.picture import read_picture
from visaged.values import Image, Picture
from visaged.vision.regressor import open_regressor

SIZES = (96, 128, 160, 192, 256, 320, 384, 512)
DISTANCES = (1, 2, 3, 4)
ROUNDS = 100


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="pictures of one face each, in any depth of folders")
    parser.add_argument("--set", action="append", default=[], dest="sets", metavar="KEY=VALUE")
    args = parser.parse_args()
    images = [read_picture(path) for path in sorted(args.folder.rglob("*.jpg"))]
    for size in SIZES:
        vision = open_vision(load(None, [*args.sets, "inference.threads=1", f"detect.size={size}"]).config)
        recall = {f"recall_at_{d}": _recall(vision, [_farther(image, d) for image in images]) for d in DISTANCES}
        print(
            json.dumps({"size": size, "pictures": len(images), "nets": _nets(vision, images[0]), **recall}), flush=True
        )


def _recall(vision: Vision, images: list[Image]) -> float:
    return round(sum(bool(vision.detector.detect(Picture(image))) for image in images) / len(images), 4)


def _farther(image: Image, distance: int) -> Image:
    canvas = np.zeros_like(image)
    small = cv2.resize(image, None, fx=1 / distance, fy=1 / distance, interpolation=cv2.INTER_AREA)
    canvas[: small.shape[0], : small.shape[1]] = small
    return canvas


def _nets(vision: Vision, image: Image) -> float:
    assert vision.pack.regressor is not None
    regressor = open_regressor(vision.pack.regressor)
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for call, own in ((lambda: vision.detector.detect(Picture(image)), seconds[0]), (regressor.run, seconds[1])):
            began = time.perf_counter()
            call()
            own.append(time.perf_counter() - began)
    return round(statistics.median(seconds[0]) / statistics.median(seconds[1]), 2)


if __name__ == "__main__":
    main()
