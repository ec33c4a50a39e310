"""Things worn on, or held before, a face."""

import cv2
import numpy as np
import topology as t
from dirt import Rng, blob, texture

SKIN = np.array([[140, 165, 215], [100, 130, 190], [60, 85, 140], [35, 50, 90]], float)  # blue, green, red
RIGHT_EYE = np.array(t.RIGHT_UPPER_LID + t.RIGHT_LOWER_LID[-2:0:-1])


def cover(image: np.ndarray, points: np.ndarray, pairs: np.ndarray, backgrounds: np.ndarray, rng: Rng) -> np.ndarray:
    """Change ``image`` in place; ``points`` (478, 2) of the face in it. Returns what is covered (h, w), bool."""
    covered = np.zeros(image.shape[:2], bool)
    kind = rng.random()
    if kind < 0.3:
        glasses(image, points, pairs, covered, rng)
    elif kind < 0.45:
        mask(image, points, covered, rng)
    elif kind < 0.9:
        for _ in range(rng.integers(1, 3)):
            thing(image, points, covered, backgrounds, rng)
    else:
        bar(image, points, covered, rng)
    return covered


def glasses(image, points, pairs, covered, rng) -> None:
    """Spectacles, or, of every two, sunglasses."""
    dark = rng.random() < 0.5
    colour = rng.uniform(0, 60, 3) if dark or rng.random() < 0.7 else rng.uniform(60, 220, 3)
    grown = rng.uniform(1.7, 2.6), rng.uniform(2.0, 4.0)
    distance = np.linalg.norm(points[33] - points[263])
    thick = max(1, round(distance * rng.uniform(0.015, 0.06)))
    axis = points[263] - points[33]
    axis /= max(np.linalg.norm(axis), 1e-6)
    frame = np.stack([axis, [-axis[1], axis[0]]])
    alpha = rng.uniform(0.85, 1.0) if dark else rng.uniform(0, 0.15)
    layer, lens = image.copy(), np.zeros(image.shape[:2], np.uint8)
    for eye in (RIGHT_EYE, pairs[RIGHT_EYE]):
        local = (points[eye] - points[eye].mean(0)) @ frame.T
        half = np.maximum(np.abs(local).max(0), [distance * 0.1, distance * 0.045]) * grown
        angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        power = rng.uniform(0.5, 1.0)
        ring = np.stack([np.sign(f) * np.abs(f) ** power for f in (np.cos(angles), np.sin(angles))], 1) * half
        outline = (ring @ frame + points[eye].mean(0) + frame[1] * half[1] * 0.1).astype(np.int32)
        cv2.fillPoly(lens, [outline], 1)
        cv2.polylines(layer, [outline], True, colour.tolist(), thick, cv2.LINE_AA)
    inner = [points[133] * 0.6 + points[362] * 0.4, points[133] * 0.4 + points[362] * 0.6]
    cv2.line(layer, *[tuple(map(int, p)) for p in inner], colour.tolist(), thick, cv2.LINE_AA)
    image[:] = layer
    tinted = lens.astype(bool)
    glint = rng.uniform(0, 255, 3) if rng.random() < 0.3 else colour
    image[tinted] = image[tinted] * (1 - alpha) + glint * alpha
    if dark:
        covered |= tinted


def mask(image, points, covered, rng) -> None:
    """A mask over mouth and nose."""
    outline = points[[234, 93, 132, 58, 172, 136, 150, 149, 152, 378, 379, 365, 397, 288, 361, 323, 454, 195]]
    if rng.random() < 0.4:  # pulled below the nose
        outline = outline[1:-2]
        outline = np.concatenate([outline, points[[2]]])
    area = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(area, [outline.astype(np.int32)], 1)
    area = area.astype(bool)
    image[area] = np.clip(
        rng.uniform(20, 250, 3) + rng.normal(0, 6, (area.sum(), 3)) + np.linspace(20, -20, area.sum())[:, None], 0, 255
    )
    covered |= area


def thing(image, points, covered, backgrounds, rng) -> None:
    """A hand, a phone, a cup: a blob of skin or of something else somewhere at the face."""
    size = len(image)
    face = np.ptp(points, axis=0).max()
    centre = points[rng.integers(468)] + rng.normal(0, 0.25, 2) * face
    area = blob(size, centre, face * rng.uniform(0.1, 0.4), rng)
    if rng.random() < 0.4:
        skin = SKIN[rng.integers(len(SKIN))] * rng.uniform(0.6, 1.2)
        filling = np.clip(
            skin + rng.normal(0, 5, (size, size, 3)) + rng.normal(0, 20) * np.linspace(-1, 1, size)[:, None, None],
            0,
            255,
        )
    else:
        filling = texture(size, backgrounds, rng)
    image[area] = filling[area]
    covered |= area


def bar(image, points, covered, rng) -> None:
    """A steering wheel's rim, a seat belt, a finger: a curved bar across the picture."""
    area = np.zeros(image.shape[:2], np.uint8)
    face = np.ptp(points, axis=0).max()
    radius = int(face * rng.uniform(0.6, 3))
    edge = points[rng.integers(468)] + rng.normal(0, 0.1, 2) * face
    angle = rng.uniform(0, 2 * np.pi)
    centre = edge + radius * np.array([np.cos(angle), np.sin(angle)])
    cv2.circle(area, tuple(map(int, centre)), radius, 1, max(2, int(face * rng.uniform(0.04, 0.14))))
    area = area.astype(bool)
    image[area] = rng.uniform(5, 120, 3)
    covered |= area
