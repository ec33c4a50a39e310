"""Turned copies of the labelled faces, in the format of ``label.py``: for detectors, which learn from pictures only.

python -m detector.turned labels.npz work/fits.npz --out turned.npz
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import topology as t
from mesh import build
from rotations import rotation, yaw_of
from tqdm import tqdm
from turn import UNCHANGED_LIGHT, Shot, Turner

from detector.material import few_per_video, not_mirrored

COPIES = 2
BLUR = 12.0  # pixels, of what is drawn where the picture ends: no second face may show there
SHAPES = 40
TURNED = 12.0  # degrees of yaw from which a picture shows too little of the other side
MOUTH = np.array([38.0, 30.0, 66.0])
"""Blue, green, red inside an open mouth."""


def copies(labels: Path, fits: Path) -> dict[str, np.ndarray]:
    """``crops``, ``points`` and ``sources`` of every face that is not one of too many frames, turned."""
    with np.load(labels) as data:
        images, sources, edges = data["crops"], data["sources"], data["edges"]
        points = data["points"].astype(np.float64) * [1, -1, 1]
    model = np.load(fits)
    modes = np.concatenate([model["base_shapes"], model["base_expressions"]])
    turner = Turner(build(model["base_mean"], edges), modes[SHAPES : SHAPES + 3], t.mirror(edges))
    chosen = np.repeat(few_per_video(sources), COPIES)
    crops, turned = (
        np.empty((len(chosen), *images.shape[1:]), np.uint8),
        np.empty((len(chosen), t.POINTS, 3), np.float32),
    )
    for row, i in enumerate(tqdm(chosen, desc="turning", unit="face")):
        rng = np.random.default_rng([int(i), row])
        own = model["scale"][i], model["rotation"][i], model["translation"][i]
        crops[row], turned[row] = _turned(turner, _own_picture(images[i]), points[i], own, rng)
    return {"crops": crops, "points": turned, "sources": sources[chosen]}


def _turned(
    turner: Turner, image: np.ndarray, points: np.ndarray, own: tuple[np.ndarray, ...], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The picture and its points (478, 3), y down."""
    size = len(image)
    scale, pose, shift = own
    source = turner.source(image, points, scale, pose, shift)
    shown = float(yaw_of(pose[None])[0])
    side = np.sign(shown) if abs(shown) > TURNED else rng.choice([-1, 1])
    yaw = rng.uniform(0, 70) * side
    turn = rotation(float(yaw), float(np.clip(rng.normal(0, 15), -40, 40)), float(rng.normal(0, 5)))
    centre = scale * turn @ source.vertices[: t.POINTS].mean(0)
    place = np.array([size / 2, size / 2, 0]) - centre
    roles = np.array(
        [*([rng.uniform()] * 2 if rng.random() < 0.3 else [0, 0]), rng.uniform(0, 1) * (rng.random() < 0.4)]
    )
    camera = np.column_stack([scale * turn, place])
    shot = Shot(camera, roles, UNCHANGED_LIGHT, MOUTH, cv2.GaussianBlur(image, (0, 0), BLUR))
    picture, _, vertices = turner.turned(source, shot)
    return picture, vertices[:, : t.POINTS].T


def _own_picture(crop: np.ndarray) -> np.ndarray:
    """The crop with its borders drawn out where it repeats itself, mirrored: another face may be there."""
    x1, y1, x2, y2 = not_mirrored(crop)
    side = len(crop)
    return cv2.copyMakeBorder(crop[y1:y2, x1:x2], y1, side - y2, x1, side - x2, cv2.BORDER_REPLICATE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("fits", type=Path, help="what face_model.py wrote")
    parser.add_argument("--out", required=True, type=Path)
    args = parser.parse_args()
    np.savez(args.out, **copies(args.labels, args.fits))


if __name__ == "__main__":
    main()
