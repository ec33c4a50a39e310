"""Training scenes, composed as they are asked for: faces of any size on backgrounds they were not taken before."""

from dataclasses import dataclass

import cv2
import numpy as np

from detector.backgrounds import background, piece, procedural
from detector.looks import lit, seen_by_a_camera
from detector.material import Face, Material, bounding_box
from detector.occluders import occlude

SMALLEST_FACE = 7.0  # mean side of the box in pixels; smaller ones are neither faces nor background
VISIBLE = 0.65  # share of a box that must lie in the picture for a face
HALF_OUT = 0.3  # share below which it is background
MOST_COVERED = 0.1  # of an earlier face's box, by the next one
TRIES = 6
MIRRORED_POINTS = (1, 0, 2, 4, 3)


@dataclass(frozen=True)
class Scene:
    """``image`` (h, w, 3) uint8; ``boxes`` (n, 4) and ``points`` (n, 5, 2) in its pixels; ``counts`` (n,) is false
    for what is neither a face to be found nor background."""

    image: np.ndarray
    boxes: np.ndarray
    points: np.ndarray
    counts: np.ndarray


@dataclass(frozen=True)
class Placement:
    """Where a face comes to lie: ``matrix`` (2, 3) from the pixels of its crop to those of the scene."""

    matrix: np.ndarray
    box: np.ndarray
    points: np.ndarray


def compose(material: Material, width: int, height: int, rng: np.random.Generator) -> Scene:
    """A scene with some faces, one, or none."""
    image = background(material, width, height, rng)
    for _ in range(rng.choice([0, 1, 2], p=[0.6, 0.3, 0.1])):
        _paste_no_face_anywhere(image, material, rng)
    placed: list[Placement] = []
    for _ in range(rng.choice([0, 1, 2, 3, 5], p=[0.2, 0.45, 0.2, 0.1, 0.05])):
        _paste_face(image, material, placed, rng)
    if rng.random() < 0.15:
        _leave_black(image, placed, rng)
    return _scene(seen_by_a_camera(image, rng), placed)


def compose_close(material: Material, side: int, rng: np.random.Generator) -> Scene:
    """A face that fills much of a square, as of somebody close to the camera, or something else in its place."""
    image = background(material, side, side, rng)
    placed: list[Placement] = []
    size, middle = side * rng.uniform(0.45, 0.85), side / 2 + rng.normal(0, 0.1, 2) * side
    kind = rng.random()
    if kind < 0.55:
        face = _any_face(material, rng)
        _paste(image, face, _place(face, size, middle, _tilt(rng), rng), placed, rng)
    elif kind < 0.85:
        _paste_no_face(image, material, size, middle, rng)
    return _scene(seen_by_a_camera(image, rng), placed)


def compose_empty(material: Material, width: int, height: int, rng: np.random.Generator) -> Scene:
    """A scene without a face, in every second of which something has the shape of a head."""
    image = background(material, width, height, rng)
    if rng.random() < 0.5:
        _paste_no_face_anywhere(image, material, rng)
    return _scene(seen_by_a_camera(image, rng), [])


def _scene(image: np.ndarray, placed: list[Placement]) -> Scene:
    height, width = image.shape[:2]
    seen = [(p, _share_inside(p.box, width, height)) for p in placed]
    kept = [(p, share) for p, share in seen if share > HALF_OUT]
    counts = [share > VISIBLE and _side(p.box) >= SMALLEST_FACE for p, share in kept]
    boxes = np.array([p.box for p, _ in kept], np.float32).reshape(-1, 4)
    points = np.array([p.points for p, _ in kept], np.float32).reshape(-1, 5, 2)
    return Scene(image, boxes, points, np.array(counts, bool))


def _paste_face(image: np.ndarray, material: Material, placed: list[Placement], rng: np.random.Generator) -> None:
    height, width = image.shape[:2]
    face = _any_face(material, rng)
    largest = 0.95 * min(width, height)
    for attempt in range(TRIES):
        side = np.exp(rng.uniform(np.log(8), np.log(largest))) * 0.8**attempt
        middle = rng.uniform(-0.15, 1.15, 2) * [width, height]
        placement = _place(face, side, middle, _tilt(rng), rng)
        if all(_covered(other.box, placement) < MOST_COVERED for other in placed):
            _paste(image, face, placement, placed, rng)
            return


def _paste(
    image: np.ndarray, face: Face, placement: Placement, placed: list[Placement], rng: np.random.Generator
) -> None:
    _draw(image, face, placement.matrix, _mask(face, rng), rng)
    if rng.random() < 0.25:
        occlude(image, placement.points, rng)
    placed.append(placement)


def _paste_no_face_anywhere(image: np.ndarray, material: Material, rng: np.random.Generator) -> None:
    height, width = image.shape[:2]
    size = np.exp(rng.uniform(np.log(8), np.log(0.9 * min(width, height))))
    _paste_no_face(image, material, size, rng.uniform(0, 1, 2) * [width, height], rng)


def _paste_no_face(
    image: np.ndarray, material: Material, size: float, middle: np.ndarray, rng: np.random.Generator
) -> None:
    """What must not be taken for a face: one upside down, or something else in the shape of a head."""
    face = _any_face(material, rng)
    kind = rng.random()
    tilt = rng.uniform(140, 220) if kind < 0.3 else _tilt(rng)
    placement = _place(face, size, middle, tilt, rng)
    mask = _mask(face, rng)
    if kind >= 0.3:
        face = _without_face(face, material, whole=kind > 0.8, rng=rng)
    _draw(image, face, placement.matrix, mask, rng)


def _without_face(face: Face, material: Material, *, whole: bool, rng: np.random.Generator) -> Face:
    """The same outline, filled with something else: the face alone (hair and clothes stay), or the whole crop."""
    side = face.crop.shape[0]
    other = _filling(face, material, rng)
    if not whole:
        x1, y1, x2, y2 = face.box
        shape = np.zeros((side, side), np.float32)
        axes = (int(v) for v in np.array([x2 - x1, y2 - y1]) * rng.uniform(0.5, 0.75, 2))
        cv2.ellipse(shape, (int((x1 + x2) / 2), int((y1 + y2) / 2)), tuple(axes), 0, 0, 360, 1.0, -1)
        other = _mixed(face.crop, other, cv2.GaussianBlur(shape, (0, 0), rng.uniform(0.5, 8)))
    return Face(other, face.outline, face.points, face.inside)


def _filling(face: Face, material: Material, rng: np.random.Generator) -> np.ndarray:
    """As large as the crop: a piece of a picture, a pattern, or one colour."""
    side, kind = face.crop.shape[0], rng.random()
    if kind < 0.4:
        return piece(material, side, side, rng)
    if kind < 0.6:
        return procedural(side, side, rng)
    x, y = face.points[2].astype(int)
    colours = face.crop[y, x], face.crop.mean((0, 1)), rng.uniform(0, 255, 3)
    return np.broadcast_to(colours[rng.integers(3)], face.crop.shape).astype(np.uint8)


def _any_face(material: Material, rng: np.random.Generator) -> Face:
    return material.faces[rng.choice(len(material.faces), p=material.weights)]


def _tilt(rng: np.random.Generator) -> float:
    return float(np.clip(rng.normal(0, 12), -40, 40) if rng.random() < 0.7 else rng.uniform(-45, 45))


def _place(face: Face, side: float, middle: np.ndarray, tilt: float, rng: np.random.Generator) -> Placement:
    """The face with a box of about ``side`` pixels around ``middle``, turned by ``tilt`` degrees, mirrored or not."""
    centre = (face.box[:2] + face.box[2:]) / 2
    scale, angle = side / _side(face.box), np.radians(tilt)
    stretch = np.exp(rng.normal(0, 0.05))
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * scale
    matrix = matrix @ np.diag([stretch, 1 / stretch])
    mirrored = rng.random() < 0.5
    if mirrored:
        matrix = matrix @ np.diag([-1.0, 1.0])
    whole = np.column_stack([matrix, middle - matrix @ centre])
    points = _moved(face.points, whole)
    ordered = points[list(MIRRORED_POINTS)] if mirrored else points
    return Placement(whole, bounding_box(_moved(face.outline, whole)), ordered)


def _mask(face: Face, rng: np.random.Generator) -> np.ndarray:
    """(64, 64) float32 in [0, 1]: which part of the crop is pasted; with what surrounds the head, or without."""
    side, scale = face.silhouette.shape[0], face.silhouette.shape[0] / face.crop.shape[0]
    shown = np.zeros((side, side), np.float32)
    x1, y1, x2, y2 = (round(v * scale) for v in face.inside)
    shown[y1 + 1 : y2 - 1, x1 + 1 : x2 - 1] = 1
    kind = rng.random()
    if kind < 0.35:
        return shown
    if kind < 0.8:
        return shown * cv2.GaussianBlur(face.silhouette, (0, 0), rng.uniform(0.3, 1.0)).astype(np.float32) / 255
    middle, size = (face.box[:2] + face.box[2:]) / 2 * scale, (face.box[2:] - face.box[:2]) * scale
    oval = np.zeros((side, side), np.float32)
    axes = tuple(int(v) for v in size * rng.uniform(0.58, 1.0, 2))
    cv2.ellipse(oval, tuple(int(v) for v in middle), axes, 0, 0, 360, 1.0, -1)
    return shown * cv2.GaussianBlur(oval, (0, 0), rng.uniform(0.5, 3.0))


def _draw(image: np.ndarray, face: Face, matrix: np.ndarray, mask: np.ndarray, rng: np.random.Generator) -> None:
    """Paste the crop into ``image`` where ``mask`` says so, from the copy that is not much larger than needed."""
    height, width = image.shape[:2]
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    level = int(np.clip(np.floor(-np.log2(scale)), 0, len(face.smaller) - 1))
    crop = face.smaller[level]
    if rng.random() < 0.4:
        crop = lit(crop, rng)
    warped = cv2.warpAffine(crop, _from_smaller(matrix, face.crop.shape[0] / crop.shape[0]), (width, height))
    alpha = cv2.warpAffine(mask, _from_smaller(matrix, face.crop.shape[0] / mask.shape[0]), (width, height))
    image[:] = _mixed(image, warped, alpha)


def _from_smaller(matrix: np.ndarray, factor: float) -> np.ndarray:
    """``matrix`` for a copy whose pixels are ``factor`` of the original's wide, centres being whole numbers."""
    linear = matrix[:, :2] * factor
    return np.column_stack([linear, matrix[:, 2] + matrix[:, :2] @ np.full(2, (factor - 1) / 2)])


def _mixed(under: np.ndarray, over: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    return (under + (over.astype(np.float32) - under) * alpha[..., None]).astype(np.uint8)


def _leave_black(image: np.ndarray, placed: list[Placement], rng: np.random.Generator) -> None:
    """Black rows at the bottom or columns at the right: the detector pads pictures so."""
    height, width = image.shape[:2]
    if rng.random() < 0.7:
        rest = image[height - int(rng.integers(1, 32)) :]
        fits = all(p.box[3] < height - len(rest) for p in placed)
    else:
        rest = image[:, width - int(rng.integers(1, 32)) :]
        fits = all(p.box[2] < width - rest.shape[1] for p in placed)
    if fits:
        rest[:] = 0


def _covered(box: np.ndarray, placement: Placement) -> float:
    """The share of ``box`` that head and shoulders of the next face hide, roughly."""
    size = placement.box[2:] - placement.box[:2]
    reach = placement.box + np.tile(size, 2) * [-0.6, -0.5, 0.6, 1.0]
    overlap = np.minimum(box[2:], reach[2:]) - np.maximum(box[:2], reach[:2])
    return float(np.prod(np.maximum(overlap, 0)) / np.prod(box[2:] - box[:2]))


def _share_inside(box: np.ndarray, width: int, height: int) -> float:
    inside = np.minimum(box[2:], [width, height]) - np.maximum(box[:2], 0)
    return float(np.prod(np.maximum(inside, 0)) / np.prod(box[2:] - box[:2]))


def _side(box: np.ndarray) -> float:
    return float((box[2:] - box[:2]).mean())


def _moved(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return points @ matrix[:, :2].T + matrix[:, 2]
