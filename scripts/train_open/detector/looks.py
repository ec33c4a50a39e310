"""What cameras do to a scene: exposure, colour, near-infrared, blur, noise, low resolution and JPEG."""

import cv2
import numpy as np


def seen_by_a_camera(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """``image`` (h, w, 3) uint8, as some camera in some light would show it."""
    toned = _toned(image.astype(np.float32), rng)
    noisy = _noisy(_blurred(toned, rng), rng)
    finished = np.clip(noisy, 0, 255).astype(np.uint8)
    if rng.random() < 0.2:
        finished = _coarse(finished, rng.uniform(1.2, 2.5))
    if rng.random() < 0.4:
        finished = _compressed(finished, int(rng.integers(25, 95)))
    return finished


def lit(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Light from one side, from dark to bright across the picture."""
    height, width = image.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :] * np.cos(angle)
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * np.sin(angle)
    gain = np.exp(rng.normal(0, 0.4) * (x + y) + rng.normal(-0.1, 0.35)).astype(np.float32)
    return np.clip(image * gain[..., None], 0, 255).astype(np.uint8)


def _toned(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    kind = rng.random()
    if kind < 0.25:
        image = _grey(image, rng)
    elif kind < 0.35:
        image = _near_infrared(image, rng)
    else:
        image = image * rng.normal(1, 0.12, 3).astype(np.float32)
    gamma = np.exp(rng.normal(0, 0.35))
    if rng.random() < 0.25:  # a cabin against the light
        gamma *= rng.uniform(1, 2.2)
    contrast, brightness = np.exp(rng.normal(0, 0.15)), rng.normal(0, 12)
    toned = 255 * np.power(np.clip(image, 0, 255) / 255, gamma, dtype=np.float32)
    return np.clip((toned - 110) * contrast + 110 + brightness, 0, 255).astype(np.float32)


def _grey(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    weights = rng.dirichlet([2, 4, 3]).astype(np.float32)
    return np.repeat((image @ weights)[..., None], 3, axis=2)


def _near_infrared(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Red alone, and the light of a lamp beside the lens that falls off to the borders."""
    height, width = image.shape[:2]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :] - rng.uniform(-0.5, 0.5)
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None] - rng.uniform(-0.5, 0.5)
    lamp = rng.uniform(0.8, 1.6) * np.exp(-rng.uniform(0.2, 1.2) * (x * x + y * y))
    return np.repeat((image[..., 2] * lamp)[..., None], 3, axis=2)


def _blurred(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    kind = rng.random()
    if kind < 0.25:
        return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.6))
    if kind < 0.35:
        return cv2.filter2D(image, -1, _streak(int(rng.integers(2, 7)), rng.uniform(0, np.pi)))
    if kind < 0.45:  # sharpened, as cameras do
        return image + rng.uniform(0.3, 1.2) * (image - cv2.GaussianBlur(image, (0, 0), 1.0))
    return image


def _streak(length: int, angle: float) -> np.ndarray:
    kernel = np.zeros((9, 9), np.float32)
    step = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    start, end = (tuple(int(v) for v in np.rint(4 + sign * step)) for sign in (-1, 1))
    cv2.line(kernel, start, end, 1.0)
    return kernel / kernel.sum()


def _noisy(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if rng.random() < 0.5:
        return image
    noise = rng.standard_normal(image.shape[:2] if rng.random() < 0.4 else image.shape, np.float32)
    return image + np.float32(rng.exponential(5)) * noise.reshape(*image.shape[:2], -1)


def _coarse(image: np.ndarray, factor: float) -> np.ndarray:
    height, width = image.shape[:2]
    small = cv2.resize(image, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def _compressed(image: np.ndarray, quality: int) -> np.ndarray:
    encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(encoded, cv2.IMREAD_COLOR)
