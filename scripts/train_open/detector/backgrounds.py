"""Scenes without a face: pieces of pictures, mosaics of them, gradients, stripes, checks and noise."""

import cv2
import numpy as np

from detector.material import Face, Material

CLEAR_OF_FACE = (-0.25, -0.35, 0.25, 0.15)  # how far a face's box is grown, in its sides, before cutting beside it
TRIES = 4


def background(material: Material, width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """(height, width, 3) uint8 without a face."""
    kind = rng.random()
    if kind < 0.25:
        return piece(material, width, height, rng)
    if kind < 0.4:
        return _mosaic(material, width, height, rng)
    if kind < 0.55:
        return _shuffled(material, width, height, rng)
    if kind < 0.67:
        return _blobs(background(material, width, height, rng), background(material, width, height, rng), rng)
    if kind < 0.73:
        return cv2.addWeighted(
            piece(material, width, height, rng), 0.5, procedural(width, height, rng), rng.uniform(0.2, 0.6), 0
        )
    return procedural(width, height, rng)


def piece(material: Material, width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """A random part of a picture, turned and mirrored at will: half of them of what surrounds a face."""
    picture = material.backgrounds[rng.integers(len(material.backgrounds))] if material.backgrounds else None
    if picture is None or rng.random() < 0.5:
        picture = _beside(material.faces[rng.choice(len(material.faces), p=material.weights)], rng)
    part = _part(picture, width / height, rng)
    if rng.random() < 0.5:
        part = part[:, ::-1]
    if rng.random() < 0.1:
        part = part[::-1]
    how = cv2.INTER_AREA if part.shape[1] > width else cv2.INTER_LINEAR
    return cv2.resize(np.ascontiguousarray(part), (width, height), interpolation=how)


def procedural(width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """A pattern or a gradient in random colours, with some blobs and bars."""
    patterns = (_gradient, _clouds, _stripes, _checks)
    share = patterns[rng.integers(len(patterns))](width, height, rng)[..., None]
    first, second = rng.uniform(0, 255, (2, 3))
    if rng.random() < 0.4:
        second = first + rng.normal(0, 30, 3)
    canvas = np.clip(first + (second - first) * share, 0, 255).astype(np.uint8)
    for _ in range(rng.integers(0, 8)):
        _shape(canvas, rng)
    return canvas


def _beside(face: Face, rng: np.random.Generator) -> np.ndarray:
    """A rectangle of the face's picture that the face is not in: clothes, hair, flags, walls."""
    x1, y1, x2, y2 = face.inside
    box = face.box
    grown = box + np.tile(box[2:] - box[:2], 2) * CLEAR_OF_FACE
    free = [(x1, y1, grown[0], y2), (grown[2], y1, x2, y2), (x1, grown[3], x2, y2), (x1, y1, x2, grown[1])]
    big_enough = [r for r in free if r[2] - r[0] > 20 and r[3] - r[1] > 20]
    if not big_enough:
        return procedural(64, 64, rng)
    left, top, right, bottom = (int(v) for v in big_enough[rng.integers(len(big_enough))])
    return face.crop[top:bottom, left:right]


def _part(picture: np.ndarray, aspect: float, rng: np.random.Generator) -> np.ndarray:
    height, width = picture.shape[:2]
    largest = min(width, height * aspect)
    w = max(8.0, largest * rng.uniform(0.35, 1.0))
    h = min(height, max(8.0, w / aspect))
    x, y = rng.uniform(0, width - min(w, width)), rng.uniform(0, height - h)
    return picture[int(y) : int(y + h), int(x) : int(x + w)]


def _mosaic(material: Material, width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """Pieces side by side and on top of each other, as things in a room are."""
    canvas = piece(material, width, height, rng)
    for _ in range(rng.integers(1, 6)):
        w, h = (int(v) for v in rng.uniform(0.15, 0.7, 2) * [width, height])
        x, y = int(rng.integers(0, width - w + 1)), int(rng.integers(0, height - h + 1))
        canvas[y : y + h, x : x + w] = piece(material, w, h, rng)
    return canvas


def _shuffled(material: Material, width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """A picture of somebody cut into squares that are too small for a face, turned and put elsewhere."""
    face = material.faces[rng.choice(len(material.faces), p=material.weights)]
    x1, y1, x2, y2 = face.inside
    largest = max(0.4 * (face.box[2] - face.box[0]), 9.0)
    side = int(rng.uniform(8, largest))
    count = -(-height // side), -(-width // side)
    tiles = np.empty((*count, side, side, 3), np.uint8)
    for index in np.ndindex(count):
        x, y = int(rng.integers(x1, max(x1 + 1, x2 - side))), int(rng.integers(y1, max(y1 + 1, y2 - side)))
        tile = face.crop[y : y + side, x : x + side]
        tiles[index] = np.rot90(tile, int(rng.integers(4))) if tile.shape[:2] == (side, side) else 0
    whole = tiles.transpose(0, 2, 1, 3, 4).reshape(count[0] * side, count[1] * side, 3)
    return np.ascontiguousarray(whole[:height, :width])


def _blobs(first: np.ndarray, second: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One background within rounded shapes of the other."""
    height, width = first.shape[:2]
    cells = rng.integers(2, 9, 2)
    shape = cv2.resize(rng.random(cells, np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.where((shape > rng.uniform(0.35, 0.65))[..., None], first, second)


def _gradient(width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    x, y = rng.uniform(-1, 1, 2)
    return 0.5 + x * np.linspace(-0.5, 0.5, width)[None, :] + y * np.linspace(-0.5, 0.5, height)[:, None]


def _clouds(width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """Noise of several sizes, as foliage, cloth and walls have."""
    total = np.zeros((height, width), np.float32)
    for cells in rng.choice([2, 3, 5, 8, 16, 32, 64], 3, replace=False):
        noise = rng.random((max(2, int(cells * height / width)), int(cells)), np.float32)
        total += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    return (total - total.min()) / (np.ptp(total) + 1e-6)


def _stripes(width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    angle, period = rng.uniform(0, np.pi), rng.uniform(4, 50)
    x, y = np.arange(width)[None, :] * np.cos(angle), np.arange(height)[:, None] * np.sin(angle)
    wave = np.sin((x + y) * 2 * np.pi / period + rng.uniform(0, 6))
    return (wave > rng.uniform(-0.6, 0.6)).astype(np.float64) if rng.random() < 0.5 else wave / 2 + 0.5


def _checks(width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    return np.abs(_stripes(width, height, rng) - _stripes(width, height, rng))


def _shape(canvas: np.ndarray, rng: np.random.Generator) -> None:
    height, width = canvas.shape[:2]
    colour = rng.uniform(0, 255, 3).tolist()
    centre = int(rng.integers(width)), int(rng.integers(height))
    axes = int(rng.exponential(width / 12)) + 1, int(rng.exponential(width / 12)) + 1
    if rng.random() < 0.6:
        cv2.ellipse(canvas, centre, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA)
    else:
        end = int(rng.integers(width)), int(rng.integers(height))
        cv2.line(canvas, centre, end, colour, int(rng.integers(1, 12)), cv2.LINE_AA)
