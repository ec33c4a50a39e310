"""Step 1: find the faces in a folder of pictures and videos, and give each 478 points in 3D.

The labels are MediaPipe Face Mesh's (Apache-2.0; the wheel carries the model). Each face is looked at twice, as it is
and mirrored; the mean of both is kept, and how far they disagree says how far to trust it.

    python scripts/train_open/label.py PICTURES... --out labels.npz

Runs in an environment of its own (``requirements-label.txt``), because MediaPipe needs an old NumPy.
"""

import argparse
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.python.solutions.face_mesh_connections import FACEMESH_TESSELATION
from topology import OUTER_CORNERS, mirror
from tqdm import tqdm
from whole import write_arrays

SIDE = 256  # of the stored crops
MESH_SIDE = 512  # of the pictures that points are found in
MARGIN = 2.6  # crop sides per side of the face's box
BACKGROUNDS = 2  # tried per picture
KEPT_CLEAR = np.array([-0.2, -0.4, 0.2, 0.2])
"""How far around a face's box no background is taken: left, up, right, down, in sides of the box."""
MAX_DISAGREEMENT = 0.06  # of the distance between the eyes
VIDEOS = {".mkv", ".mp4", ".avi", ".gif", ".mov"}
VIDEO_STEP = 2


@dataclass(frozen=True)
class Picture:
    """``source``: file, and frame of a video. ``image`` (h, w, 3) uint8, BGR."""

    source: str
    image: np.ndarray


@dataclass(frozen=True)
class Face:
    """``crop`` (256, 256, 3); its points (478, 3), as found in it, and as found in its mirror image and mirrored back,
    but not yet renumbered."""

    source: str
    crop: np.ndarray
    plain: np.ndarray
    mirrored: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", nargs="+", type=Path, help="pictures, videos, and folders of them in any depth")
    parser.add_argument("--out", required=True, type=Path)
    given = parser.parse_args()
    for path in given.pictures:
        if not path.exists():
            parser.error(f"there is no {path}")
    faces, backgrounds = look(given.pictures)
    if not faces or not backgrounds:
        sys.exit(f"label.py: the pictures show no {'place without a face' if faces else 'face'}; name others")
    arrays = agreed(faces)
    print(f"{len(faces)} faces found, {len(arrays['crops'])} kept; {len(backgrounds)} backgrounds")
    write_arrays(given.out, arrays | {"backgrounds": np.stack(backgrounds)})


def look(paths: list[Path]) -> tuple[list[Face], list[np.ndarray]]:
    """All faces, and pieces (256, 256, 3) of the pictures without one."""
    labeller = Labeller()
    faces: list[Face] = []
    backgrounds: list[np.ndarray] = []
    for picture in tqdm(pictures(paths), desc="labelling", unit="picture", disable=None):
        rng = np.random.default_rng(zlib.crc32(picture.source.encode()))
        boxes = labeller.boxes(picture.image)
        empty = [background(picture.image, boxes, rng) for _ in range(BACKGROUNDS)]
        backgrounds += [piece for piece in empty if piece is not None]
        found = [labeller.face(picture, box) for box in boxes]
        faces += [face for face in found if face is not None]
    return faces, backgrounds


def pictures(paths: list[Path]) -> Iterator[Picture]:
    """All that can be read, in the order of their names; of videos every other frame."""
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            image = cv2.imread(str(file))
            if image is not None and file.suffix.lower() != ".gif":
                yield Picture(str(file), image)
            elif file.suffix.lower() in VIDEOS:
                yield from frames(file)


def frames(file: Path) -> Iterator[Picture]:
    """Every other one of a video."""
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
    """MediaPipe's detectors and its mesh."""

    def __init__(self) -> None:
        solutions = mp.solutions
        self._find = [
            solutions.face_detection.FaceDetection(min_detection_confidence=0.5, model_selection=far) for far in (1, 0)
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
                corners = [(b.xmin, b.ymin, b.xmin + b.width, b.ymin + b.height) for b in relative]
                return [np.array(box) * [width, height, width, height] for box in corners]
        return []

    def face(self, picture: Picture, box: np.ndarray) -> Face | None:
        """The face in the box x1, y1, x2, y2, if both looks find its points."""
        crop = window(picture.image, box)
        plain, mirrored = self.points(crop), self.points(crop[:, ::-1])
        if plain is None or mirrored is None:
            return None
        return Face(picture.source, crop, plain, mirrored * [-1, 1, 1] + [SIDE - 1, 0, 0])

    def points(self, crop: np.ndarray) -> np.ndarray | None:
        """(478, 3): x, y in pixels of the crop, z in pixels, larger is nearer."""
        large = cv2.resize(crop, (MESH_SIDE, MESH_SIDE))
        found = self._mesh.process(cv2.cvtColor(large, cv2.COLOR_BGR2RGB)).multi_face_landmarks
        if not found:
            return None
        side = crop.shape[0]
        return np.array([(p.x * side - 0.5, p.y * side - 0.5, -p.z * side) for p in found[0].landmark], np.float32)


def window(image: np.ndarray, box: np.ndarray) -> np.ndarray:
    """The square around a face's box, as a SIDE x SIDE picture; what lies outside repeats the border, mirrored."""
    centre, side = (box[:2] + box[2:]) / 2, max(box[2:] - box[:2]) * MARGIN
    scale = SIDE / side
    shift = SIDE / 2 - 0.5 - centre * scale
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.warpAffine(image, matrix, (SIDE, SIDE), flags=how, borderMode=cv2.BORDER_REFLECT_101)


def background(image: np.ndarray, boxes: list[np.ndarray], rng: np.random.Generator) -> np.ndarray | None:
    """A random square as a SIDE x SIDE picture; None where there is a face in it."""
    height, width = image.shape[:2]
    side = rng.uniform(0.25, 0.8) * min(height, width)
    x, y = rng.uniform(0, width - side), rng.uniform(0, height - side)
    for box in boxes:
        grown = box + np.tile(box[2:] - box[:2], 2) * KEPT_CLEAR
        if x < grown[2] and grown[0] < x + side and y < grown[3] and grown[1] < y + side:
            return None
    cut = image[int(y) : int(y + side), int(x) : int(x + side)]
    return cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_AREA if side > SIDE else cv2.INTER_CUBIC)


def agreed(faces: list[Face]) -> dict[str, np.ndarray]:
    """The arrays of all faces whose two looks agree, with the mean of both; leaves the program where none do."""
    edges = np.array(sorted({tuple(sorted(edge)) for edge in FACEMESH_TESSELATION}))
    first = np.stack([face.plain for face in faces])
    second = np.stack([face.mirrored for face in faces])[:, mirror(edges)]
    second[..., 2] += (first[..., 2] - second[..., 2]).mean(1, keepdims=True)
    right, left = (first[:, corner] for corner in OUTER_CORNERS)
    disagreement = np.linalg.norm(first - second, axis=2).mean(1) / np.linalg.norm(left - right, axis=1)
    keep = disagreement < MAX_DISAGREEMENT
    if not keep.any():
        sys.exit("label.py: no face shows its points clearly; name pictures with larger or sharper faces")
    return {
        "crops": np.stack([face.crop for face in faces])[keep],
        "points": ((first + second) / 2)[keep].astype(np.float32),
        "disagreement": disagreement[keep].astype(np.float32),
        "sources": np.array([face.source for face in faces])[keep],
        "edges": edges,
    }


if __name__ == "__main__":
    main()
