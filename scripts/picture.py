"""Draws the picture of the README: people of the synthetic camera, and what visaged makes of them.

From left to right: the frame, landmarks and pose, the surface, its depth, its normals. Nothing is taken from the truth.

    .venv/bin/python scripts/picture.py docs/faces.jpg
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

from visaged.assembly import Vision, models_folder, open_vision
from visaged.config import load
from visaged.draw import draw_landmarks, draw_poses
from visaged.output.pictures import Painter
from visaged.synthetic.camera import open_synthetic
from visaged.values import Image

SHOWN = ((3, 350), (1, 640))
"""Seed and frame, from above to below."""

PART = slice(30, 390), slice(140, 500)
"""The rows and columns that are shown."""

SIDE = 280

KINDS = ("3d", "depth", "normals")
SHARPNESS = 88


def main() -> int:
    """Draw and write; 1 where a person was not found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="the JPEG file to write")
    parser.add_argument("--set", action="append", default=[], dest="sets", metavar="KEY=VALUE")
    args = parser.parse_args()
    config = load(None, args.sets).config
    vision, models_dir = open_vision(config), models_folder(config.model)
    cameras = ((open_synthetic(seed, models_dir=models_dir), index) for seed, index in SHOWN)
    rows = [_row(vision, np.ascontiguousarray(camera.picture(index)[PART])) for camera, index in cameras]
    args.out.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(args.out), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, SHARPNESS])
    return 0


def _row(vision: Vision, image: Image) -> Image:
    faces = vision.still().detect(image)
    if not any(face.valid for face in faces):
        sys.exit("scripts/picture.py: nobody was found; is this the right pack?")
    painter = Painter(vision.surface)
    drawn = draw_poses(draw_landmarks(image, faces), faces)
    shown = [image, drawn, *(painter.paint(kind, image, faces) for kind in KINDS)]
    return np.hstack([cv2.resize(one, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for one in shown])


if __name__ == "__main__":
    sys.exit(main())
