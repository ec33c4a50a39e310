"""Things worn on, or held before, a face."""

import cv2
import numpy as np
import topology as t
from backdrop import backdrop
from dirt import Rng

SKIN = np.array([[140, 165, 215], [100, 130, 190], [60, 85, 140], [35, 50, 90]], float)  # blue, green, red
RIGHT_EYE = np.array(t.RIGHT_UPPER_LID + t.RIGHT_LOWER_LID[-2:0:-1])
INNER_CORNERS = (133, 362)
MASK = (234, 93, 132, 58, 172, 136, 150, 149, 152, 378, 379, 365, 397, 288, 361, 323, 454, 195)
"""The outline of a mask, from ear to ear below the chin and over the nose."""
UNDER_NOSE = 2
AT_AN_EYE = 0.4
"""The share of things held before a face that cover one eye: of them, what is seen of an eye is learned."""
FACE = 468  # points that are no irises


class Things:
    """All there is to cover a face with.

    ``pairs`` (478,): the mirror image of each point. ``backgrounds`` (n, s, s, 3): pictures without a face.
    """

    def __init__(self, pairs: np.ndarray, backgrounds: np.ndarray) -> None:
        self._eyes = (RIGHT_EYE, pairs[RIGHT_EYE])
        self._backgrounds = backgrounds

    def backdrop(self, size: int, rng: Rng) -> np.ndarray:
        """(size, size, 3): something without a face."""
        return backdrop(size, self._backgrounds, rng)

    def now_and_then(self, share: float, image: np.ndarray, points: np.ndarray, rng: Rng) -> np.ndarray:
        """As ``cover``, in a ``share`` of all cases; else nothing is covered."""
        return self.cover(image, points, rng) if rng.random() < share else np.zeros(image.shape[:2], bool)

    def cover(self, image: np.ndarray, points: np.ndarray, rng: Rng) -> np.ndarray:
        """Change ``image`` in place; ``points`` (478, 2) of the face in it. Returns what is covered (h, w), bool."""
        kind = rng.random()
        if kind < 0.3:
            return self._glasses(image, points, rng)
        if kind < 0.45:
            return _mask(image, points, rng)
        if kind >= 0.9:
            return _bar(image, points, rng)
        things = [self._thing(image, points, rng) for _ in range(rng.integers(1, 3))]
        return np.logical_or.reduce(things)

    def _glasses(self, image: np.ndarray, points: np.ndarray, rng: Rng) -> np.ndarray:
        """Spectacles, which hide nothing, or, of every two, sunglasses."""
        dark = rng.random() < 0.5
        colour = rng.uniform(0, 60, 3) if dark or rng.random() < 0.7 else rng.uniform(60, 220, 3)
        grown = rng.uniform(1.7, 2.6), rng.uniform(2.0, 4.0)
        right, left = points[list(t.OUTER_CORNERS)]
        thick = max(1, round(np.linalg.norm(right - left) * rng.uniform(0.015, 0.06)))
        alpha = rng.uniform(0.85, 1.0) if dark else rng.uniform(0, 0.15)
        outlines = [_lens(points[eye], left - right, grown, rng) for eye in self._eyes]
        _frame(image, outlines, points[list(INNER_CORNERS)], colour, thick)
        lenses = _inside(image, *outlines)
        glint = rng.uniform(0, 255, 3) if rng.random() < 0.3 else colour
        image[lenses] = image[lenses] * (1 - alpha) + glint * alpha
        return lenses if dark else np.zeros_like(lenses)

    def _thing(self, image: np.ndarray, points: np.ndarray, rng: Rng) -> np.ndarray:
        """A hand, a phone, a cup: a blob of skin or of something else somewhere at the face."""
        size = len(image)
        face = np.ptp(points, axis=0).max()
        if rng.random() < AT_AN_EYE:
            centre, radius = points[self._eyes[rng.integers(2)]].mean(0), face * rng.uniform(0.08, 0.25)
        else:
            centre, radius = points[rng.integers(FACE)] + rng.normal(0, 0.25, 2) * face, face * rng.uniform(0.1, 0.4)
        area = _inside(image, _blob(centre, radius, rng))
        filling = _skin(size, rng) if rng.random() < 0.4 else self.backdrop(size, rng)
        image[area] = filling[area]
        return area


def _lens(eye: np.ndarray, across: np.ndarray, grown: tuple[float, float], rng: Rng) -> np.ndarray:
    """(24, 2) int32: the outline of a lens before the ``eye`` (16, 2), something between an ellipse and a rectangle.

    ``across`` (2,): from eye to eye; ``grown``: width and height over those of the eye.
    """
    distance = np.linalg.norm(across)
    axis = across / max(distance, 1e-6)
    frame = np.stack([axis, [-axis[1], axis[0]]])
    local = (eye - eye.mean(0)) @ frame.T
    half = np.maximum(np.abs(local).max(0), [distance * 0.1, distance * 0.045]) * grown
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    power = rng.uniform(0.5, 1.0)
    ring = np.stack([np.sign(f) * np.abs(f) ** power for f in (np.cos(angles), np.sin(angles))], 1) * half
    return (ring @ frame + eye.mean(0) + frame[1] * half[1] * 0.1).astype(np.int32)


def _frame(image: np.ndarray, outlines: list[np.ndarray], corners: np.ndarray, colour: np.ndarray, thick: int) -> None:
    """Draw the rims, and the bridge between the inner ``corners`` (2, 2) of the eyes."""
    for outline in outlines:
        cv2.polylines(image, [outline], True, colour.tolist(), thick, cv2.LINE_AA)
    right, left = corners
    start, end = (tuple(map(int, right * share + left * (1 - share))) for share in (0.6, 0.4))
    cv2.line(image, start, end, colour.tolist(), thick, cv2.LINE_AA)


def _mask(image: np.ndarray, points: np.ndarray, rng: Rng) -> np.ndarray:
    """A mask over mouth and nose, or pulled below the nose."""
    outline = points[[*MASK[1:-2], UNDER_NOSE] if rng.random() < 0.4 else list(MASK)]
    area = _inside(image, outline.astype(np.int32))
    count = area.sum()
    cloth = rng.uniform(20, 250, 3) + rng.normal(0, 6, (count, 3)) + np.linspace(20, -20, count)[:, None]
    image[area] = np.clip(cloth, 0, 255)
    return area


def _bar(image: np.ndarray, points: np.ndarray, rng: Rng) -> np.ndarray:
    """A steering wheel's rim, a seat belt, a finger: a curved bar across the picture."""
    face = np.ptp(points, axis=0).max()
    radius = int(face * rng.uniform(0.6, 3))
    edge = points[rng.integers(FACE)] + rng.normal(0, 0.1, 2) * face
    angle = rng.uniform(0, 2 * np.pi)
    centre = edge + radius * np.array([np.cos(angle), np.sin(angle)])
    drawn = np.zeros(image.shape[:2], np.uint8)
    cv2.circle(drawn, tuple(map(int, centre)), radius, 1, max(2, int(face * rng.uniform(0.04, 0.14))))
    area = drawn.astype(bool)
    image[area] = rng.uniform(5, 120, 3)
    return area


def _skin(size: int, rng: Rng) -> np.ndarray:
    """(size, size, 3): skin of some colour, lit from above or below."""
    skin = SKIN[rng.integers(len(SKIN))] * rng.uniform(0.6, 1.2)
    grain = skin + rng.normal(0, 5, (size, size, 3))
    return np.clip(grain + rng.normal(0, 20) * np.linspace(-1, 1, size)[:, None, None], 0, 255)


def _blob(centre: np.ndarray, radius: float, rng: Rng) -> np.ndarray:
    """(9, 2) int32: the outline of an irregular round thing."""
    angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
    squeeze = rng.uniform(0.4, 1.0)
    reach = radius * rng.uniform(0.6, 1.3, 9)
    turn = rng.uniform(0, np.pi)
    x, y = reach * np.cos(angles), reach * np.sin(angles) * squeeze
    outline = np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], 1) + centre
    return outline.astype(np.int32)


def _inside(image: np.ndarray, *outlines: np.ndarray) -> np.ndarray:
    """(h, w) bool: what lies inside any of the ``outlines`` (n, 2), int32, in a picture of the size of ``image``."""
    area = np.zeros(image.shape[:2], np.uint8)
    for outline in outlines:
        cv2.fillPoly(area, [outline], 1)
    return area.astype(bool)
