"""Whether two machines see the same in the same pictures.

``draw`` writes frames of the synthetic camera into a folder, ``take`` keeps in an npz file what this machine finds in
the pictures of folders, ``compare`` prints how far two such files are apart, and ends with 1 where that is too far.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from visaged.assembly import Vision, open_vision
from visaged.config import load
from visaged.models import face_arrays
from visaged.render.renderer import Renderer
from visaged.sources.picture import read_picture
from visaged.synthetic.camera import open_synthetic
from visaged.values import Face, Image

DRAWN = tuple((seed, index) for seed in (1, 2, 3) for index in (60, 240, 420, 600))
"""Seed and frame of the pictures that are drawn."""

PICTURES = frozenset({".png", ".jpg"})

LIMIT = 1e-4
"""Of each figure, in its unit."""

UNITS = {
    "params": "standard deviations",
    "angles": "degrees",
    "landmarks": "face sizes",
    "vertices": "face sizes",
    "depth map": "face sizes",
    "confidence": "",
}

RIM = 1e-3
"""So many of the pixels of a depth map may differ by more: at its rim any step is large, for the surface is steep."""

Figures = dict[str, NDArray[Any]]


def main() -> int:
    """Do what is asked for; 1 where the figures differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    draw = commands.add_parser("draw", help="write synthetic frames into a folder")
    draw.add_argument("folder", type=Path)
    draw.set_defaults(func=lambda args: _draw(args.folder))
    take = commands.add_parser("take", help="keep what this machine finds")
    take.add_argument("result", type=Path, help="the npz file to write")
    take.add_argument("folders", type=Path, nargs="+")
    take.set_defaults(func=lambda args: _take(args.result, args.folders))
    compare = commands.add_parser("compare", help="print how far two results are apart")
    compare.add_argument("results", type=Path, nargs=2)
    compare.set_defaults(func=lambda args: _compare(*(np.load(path) for path in args.results)))
    args = parser.parse_args()
    status: int = args.func(args)
    return status


def _draw(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    for seed, index in DRAWN:
        cv2.imwrite(str(folder / f"synthetic{seed}_{index}.png"), open_synthetic(seed).picture(index))
    return 0


def _take(result: Path, folders: Sequence[Path]) -> int:
    vision = open_vision(load(None, ["inference.threads=1"]).config)
    std = face_arrays(vision.pack, ("param_std",))["param_std"]
    figures: Figures = {}
    for path in sorted(path for folder in folders for path in folder.iterdir() if path.suffix in PICTURES):
        image = read_picture(path)
        for number, face in enumerate(sorted(vision.still().detect(image), key=lambda face: face.box)):
            found = _figures(vision, std, image, face)
            figures |= {f"{path.name} face {number}/{name}": value for name, value in found.items()}
    np.savez(result, **figures)  # type: ignore[arg-type]  # numpy's stub takes allow_pickle for one of them
    return 0


def _figures(vision: Vision, std: NDArray[Any], image: Image, face: Face) -> Figures:
    """What is compared of one face, each in its unit."""
    size = face.roi[2] - face.roi[0]
    surface = vision.surface()
    mesh = surface.mesh(face)
    depth = Renderer(surface).depth(mesh, image.shape[1], image.shape[0])
    return {
        "params": face.params / std,
        "angles": np.array([face.pose.yaw, face.pose.pitch, face.pose.roll]),
        "landmarks": face.landmarks / size,
        "vertices": mesh.vertices / size,
        "depth map": depth.relative_depth / size,
        "confidence": np.array(face.confidence),
    }


def _compare(one: Figures, other: Figures) -> int:
    """Print the largest difference of each figure over all faces."""
    if set(one) != set(other):
        print(f"parity: different faces: {', '.join(_faces(set(one) ^ set(other)))}")
        return 1
    worst = dict.fromkeys(UNITS, (0.0, "none"))
    for key in one:
        face, _, name = key.rpartition("/")
        worst[name] = max(worst[name], (_apart(one[key], other[key], RIM if name == "depth map" else 0.0), face))
    for name, (difference, face) in worst.items():
        print(f"parity: {name:10} at most {difference:.1e} {UNITS[name]} apart ({face})")
    print(f"parity: {len(_faces(one))} faces; the limit is {LIMIT:.0e}")
    return int(not all(difference <= LIMIT for difference, _ in worst.values()))


def _apart(one: NDArray[Any], other: NDArray[Any], left_out: float) -> float:
    """The largest difference but for a share ``left_out``; infinite where only one has a number, or another shape."""
    if one.shape != other.shape:
        return float("inf")
    differences = np.abs(one - other)[~(np.isnan(one) & np.isnan(other))]
    differences[np.isnan(differences)] = np.inf
    kept = np.sort(differences)[: differences.size - int(differences.size * left_out)]
    return float(kept[-1]) if kept.size else 0.0


def _faces(keys: Iterable[str]) -> list[str]:
    return sorted({key.rpartition("/")[0] for key in keys})


if __name__ == "__main__":
    sys.exit(main())
