"""Step 1: find the faces in a folder of pictures and videos, and give each 478 points in 3D.

The labels are MediaPipe Face Mesh's (Apache-2.0; the wheel carries the model). Each face is looked at twice, as it is
and mirrored; the mean of both is kept, and how far they disagree says how far to trust it.

    python scripts/train_open/label.py PICTURES... --out labels.npz

Runs in an environment of its own (``requirements-label.txt``), because MediaPipe needs an old NumPy.
"""

import argparse
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.python.solutions.face_mesh_connections import FACEMESH_TESSELATION
from topology import mirror
from tqdm import tqdm

SIDE = 256  # of the stored crops
MARGIN = 2.6  # crop sides per side of the face's box
BACKGROUNDS = 2  # tried per picture
MAX_DISAGREEMENT = 0.06  # of the distance between the eyes
EYES = (33, 263)  # outer corners
VIDEO_STEP = 2


@dataclass(frozen=True)
class Picture:
    source: str  # file, and frame of a video
    image: np.ndarray  # (h, w, 3) uint8, BGR


def pictures(paths: list[Path]) -> Iterator[Picture]:
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            image = cv2.imread(str(file))
            if image is not None and file.suffix.lower() != ".gif":
                yield Picture(str(file), image)
            elif file.suffix.lower() in {".mkv", ".mp4", ".avi", ".gif", ".mov"}:
                yield from frames(file)


def frames(file: Path) -> Iterator[Picture]:
    video = cv2.VideoCapture(str(file))
    number = 0
    while True:
        ok, image = video.read()
        if not ok:
            return
        if number % VIDEO_STEP == 0:
            yield Picture(f"{file}#{number}", image)
        number += 1


class Labeller:
    def __init__(self) -> None:
        solutions = mp.solutions
        self._find = [
            solutions.face_detection.FaceDetection(min_detection_confidence=0.5, model_selection=range_)
            for range_ in (1, 0)
        ]
        self._mesh = solutions.face_mesh.FaceMesh(
            static_image_mode=True, refine_landmarks=True, max_num_faces=1, min_detection_confidence=0.3
        )

    def boxes(self, image: np.ndarray) -> list[np.ndarray]:
        """x1, y1, x2, y2 of every face, in pixels."""
        height, width = image.shape[:2]
        for find in self._find:
            found = find.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)).detections or []
            if found:
                relative = [f.location_data.relative_bounding_box for f in found]
                return [
                    np.array([b.xmin, b.ymin, b.xmin + b.width, b.ymin + b.height]) * [width, height, width, height]
                    for b in relative
                ]
        return []

    def points(self, crop: np.ndarray) -> np.ndarray | None:
        """(478, 3): x, y in pixels of the crop, z in pixels, larger is nearer."""
        found = self._mesh.process(cv2.cvtColor(cv2.resize(crop, (512, 512)), cv2.COLOR_BGR2RGB)).multi_face_landmarks
        if not found:
            return None
        side = crop.shape[0]
        return np.array([(p.x * side - 0.5, p.y * side - 0.5, -p.z * side) for p in found[0].landmark], np.float32)


def window(image: np.ndarray, box: np.ndarray) -> np.ndarray:
    """The square around a face's box, as a SIDE x SIDE picture; what lies outside repeats the border."""
    centre, side = (box[:2] + box[2:]) / 2, max(box[2:] - box[:2]) * MARGIN
    scale = SIDE / side
    shift = SIDE / 2 - 0.5 - centre * scale
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.warpAffine(image, matrix, (SIDE, SIDE), flags=how, borderMode=cv2.BORDER_REFLECT_101)


def background(image: np.ndarray, boxes: list[np.ndarray], rng: np.random.Generator) -> np.ndarray | None:
    """A random square without a face, as a SIDE x SIDE picture."""
    height, width = image.shape[:2]
    side = rng.uniform(0.25, 0.8) * min(height, width)
    x, y = rng.uniform(0, width - side), rng.uniform(0, height - side)
    for box in boxes:
        grown = box + (box[2:] - box[:2]).repeat(2)[[0, 2, 1, 3]] * [-0.2, -0.4, 0.2, 0.2]
        if x < grown[2] and grown[0] < x + side and y < grown[3] and grown[1] < y + side:
            return None
    cut = image[int(y) : int(y + side), int(x) : int(x + side)]
    return cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_AREA if side > SIDE else cv2.INTER_CUBIC)


def label(paths: list[Path]) -> dict[str, np.ndarray]:
    labeller = Labeller()
    crops, plain, mirrored, sources, backgrounds = [], [], [], [], []
    for picture in tqdm(list(pictures(paths)), desc="labelling", unit="picture", disable=None):
        rng = np.random.default_rng(zlib.crc32(picture.source.encode()))
        boxes = labeller.boxes(picture.image)
        for _ in range(BACKGROUNDS):
            empty = background(picture.image, boxes, rng)
            if empty is not None:
                backgrounds.append(empty)
        for box in boxes:
            crop = window(picture.image, box)
            seen, again = labeller.points(crop), labeller.points(crop[:, ::-1])
            if seen is not None and again is not None:
                crops.append(crop)
                plain.append(seen)
                mirrored.append(again * [-1, 1, 1] + [SIDE - 1, 0, 0])
                sources.append(picture.source)
    edges = np.array(sorted({tuple(sorted(edge)) for edge in FACEMESH_TESSELATION}))
    pairs = mirror(edges)
    first, second = np.stack(plain), np.stack(mirrored)[:, pairs]
    second[..., 2] += (first[..., 2] - second[..., 2]).mean(1, keepdims=True)
    eyes = np.linalg.norm(first[:, EYES[1]] - first[:, EYES[0]], axis=1)
    disagreement = np.linalg.norm(first - second, axis=2).mean(1) / eyes
    keep = disagreement < MAX_DISAGREEMENT
    print(f"{len(keep)} faces found, {keep.sum()} kept; {len(backgrounds)} backgrounds")
    return {
        "crops": np.stack(crops)[keep],
        "points": ((first + second) / 2)[keep].astype(np.float32),
        "disagreement": disagreement[keep].astype(np.float32),
        "sources": np.array(sources)[keep],
        "backgrounds": np.stack(backgrounds),
        "edges": edges,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", nargs="+", type=Path)
    parser.add_argument("--out", required=True, type=Path)
    given = parser.parse_args()
    np.savez(given.out, **label(given.pictures))
