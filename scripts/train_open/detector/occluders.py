"""What hides a part of a face: sunglasses, masks, caps, hair, hands and steering wheels, painted over it."""

from collections.abc import Callable

import cv2
import numpy as np

Painter = Callable[[np.ndarray, np.ndarray, float, np.random.Generator], None]


def occlude(scene: np.ndarray, points: np.ndarray, rng: np.random.Generator) -> None:
    """Paint one or two things over the face with the five ``points`` (5, 2) in ``scene`` (h, w, 3) uint8."""
    size = float(np.linalg.norm(points[[0, 1]].mean(0) - points[[3, 4]].mean(0)))
    for _ in range(1 + (rng.random() < 0.2)):
        PAINTERS[rng.integers(len(PAINTERS))](scene, points, size, rng)


def sunglasses(scene: np.ndarray, points: np.ndarray, size: float, rng: np.random.Generator) -> None:
    painted = scene.copy()
    colour = _dark(rng) if rng.random() < 0.7 else _any(rng)  # what glass reflects
    along = points[1] - points[0]
    angle = float(np.degrees(np.arctan2(along[1], along[0])))
    axes = max(1, int(size * rng.uniform(0.34, 0.5))), max(1, int(size * rng.uniform(0.25, 0.42)))
    for eye in points[:2]:
        cv2.ellipse(painted, _pixel(eye), axes, angle, 0, 360, colour, -1, cv2.LINE_AA)
    cv2.line(painted, _pixel(points[0] - along * 0.45), _pixel(points[1] + along * 0.45), colour, max(1, int(size / 9)))
    _blend(scene, painted, rng.uniform(0.5, 1.0))


def mask(scene: np.ndarray, points: np.ndarray, size: float, rng: np.random.Generator) -> None:
    down = points[[3, 4]].mean(0) - points[:2].mean(0)
    across = (points[1] - points[0]) * rng.uniform(0.8, 1.1)
    top = points[2] - down * rng.uniform(0.0, 0.3)
    corners = [top - across * 0.2, top + across * 0.2, top + across + down * 0.3, top + across * 0.7 + down * 1.1]
    corners += [top + down * 1.4, top - across * 0.7 + down * 1.1, top - across + down * 0.3]
    cv2.fillConvexPoly(scene, cv2.convexHull(np.rint(corners).astype(np.int32)), _any(rng), cv2.LINE_AA)


def cap(scene: np.ndarray, points: np.ndarray, size: float, rng: np.random.Generator) -> None:
    """A cap, a hood or hair over the forehead, down to the brows."""
    down = points[[3, 4]].mean(0) - points[:2].mean(0)
    across = points[1] - points[0]
    rim = points[:2].mean(0) - down * rng.uniform(0.25, 0.5)
    wide, high = rng.uniform(1.0, 1.4), rng.uniform(0.8, 1.4)
    corners = [
        rim - across * wide,
        rim + across * wide,
        rim + across * 0.9 - down * high,
        rim - across * 0.9 - down * high,
    ]
    cv2.fillConvexPoly(scene, np.rint(corners).astype(np.int32), _any(rng), cv2.LINE_AA)


def hand(scene: np.ndarray, points: np.ndarray, size: float, rng: np.random.Generator) -> None:
    """Fingers of the colour of the face's own skin, over the mouth, a cheek or an eye."""
    skin = _colour_at(scene, points[2]) * np.exp(rng.normal(0, 0.12))
    tip = points[rng.integers(5)] + rng.normal(0, 0.2, 2) * size
    angle = rng.uniform(0, 2 * np.pi)
    along, aside = (np.array([np.cos(a), np.sin(a)]) * size for a in (angle, angle + np.pi / 2))
    for finger in range(4):
        shade = skin * rng.uniform(0.75, 1.05)
        start = tip + aside * 0.24 * (finger - 1.5)
        end = start + along * rng.uniform(1.5, 2.5)
        cv2.line(scene, _pixel(start), _pixel(end), shade.tolist(), max(1, int(size * 0.24)), cv2.LINE_AA)


def wheel(scene: np.ndarray, points: np.ndarray, size: float, rng: np.random.Generator) -> None:
    """The rim of a steering wheel, or a telephone's edge, across the lower half of the face."""
    away = np.array([rng.normal(0, 2), rng.uniform(2.5, 5)])
    centre = points[[3, 4]].mean(0) + away * size
    radius = np.linalg.norm(centre - points[2]) * rng.uniform(0.75, 1.05)
    cv2.circle(scene, _pixel(centre), max(1, int(radius)), _dark(rng), max(1, int(size * rng.uniform(0.15, 0.4))))


def patch(scene: np.ndarray, points: np.ndarray, size: float, rng: np.random.Generator) -> None:
    """A rectangle of any colour over a part."""
    centre = points[rng.integers(5)] + rng.normal(0, 0.3, 2) * size
    half = rng.uniform(0.2, 0.55, 2) * size
    corners = cv2.boxPoints((tuple(centre.tolist()), tuple((2 * half).tolist()), float(rng.uniform(0, 90))))
    cv2.fillConvexPoly(scene, np.rint(corners).astype(np.int32), _any(rng), cv2.LINE_AA)


PAINTERS: tuple[Painter, ...] = (sunglasses, sunglasses, mask, cap, hand, hand, wheel, patch)


def _blend(scene: np.ndarray, painted: np.ndarray, opacity: float) -> None:
    cv2.addWeighted(painted, opacity, scene, 1 - opacity, 0, dst=scene)


def _colour_at(scene: np.ndarray, point: np.ndarray) -> np.ndarray:
    x, y = np.clip(np.rint(point).astype(int), 0, [scene.shape[1] - 1, scene.shape[0] - 1])
    return scene[y, x].astype(np.float64)


def _dark(rng: np.random.Generator) -> tuple[float, ...]:
    return tuple((rng.uniform(0, 50) + rng.uniform(0, 15, 3)).tolist())


def _any(rng: np.random.Generator) -> tuple[float, ...]:
    return tuple(np.clip(rng.uniform(0, 255) + rng.normal(0, 40, 3), 0, 255).tolist())


def _pixel(point: np.ndarray) -> tuple[int, int]:
    x, y = np.rint(point).astype(int).tolist()
    return x, y
