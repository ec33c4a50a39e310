"""What happens to a picture in a camera: light, colour, blur, noise, compression."""

import cv2
import numpy as np

Rng = np.random.Generator

GREY, NEAR_INFRARED = (60, 120, 76), (10, 60, 186)
"""Shares of blue, green and red in 256; near-infrared cameras see mostly red."""


def photograph(image: np.ndarray, rng: Rng) -> np.ndarray:
    """The picture (h, w, 3) uint8 as some camera in some light would have taken it."""
    image = light(image, rng)
    if rng.random() < 0.35:
        image = coarse(image, rng)
    if rng.random() < 0.3:
        image = blurred(image, rng)
    if rng.random() < 0.5:
        image = noisy(image, rng)
    if rng.random() < 0.5:
        _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 95))])
        image = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return image


def light(image: np.ndarray, rng: Rng) -> np.ndarray:
    """Exposure, contrast, gamma, tint, a shadow across; grey and near-infrared looks."""
    table = _tone_curves(rng)
    look = rng.random()
    if look < 0.2:
        image = _without_colour(image, GREY if look < 0.12 else NEAR_INFRARED)
        table = table[:, [1, 1, 1]]
    image = cv2.LUT(image, np.ascontiguousarray(table[None]))
    return _shadowed(image, rng) if rng.random() < 0.3 else image


def _tone_curves(rng: Rng) -> np.ndarray:
    """(256, 3) uint8: what becomes of each level of blue, green and red."""
    levels = np.linspace(0, 1, 256)[:, None]
    gamma, gain = np.exp(rng.normal(0, 0.25)), np.exp(rng.normal(0, 0.25))
    tint = np.exp(rng.normal(0, 0.1, 3))
    offset = rng.normal(0, 0.06)
    return np.clip((levels**gamma * gain * tint + offset) * 255, 0, 255).astype(np.uint8)


def _without_colour(image: np.ndarray, shares: tuple[int, int, int]) -> np.ndarray:
    """Grey; ``shares`` of blue, green and red in 256."""
    grey = image.astype(np.uint16) @ np.array(shares, np.uint16) >> 8
    return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)


def _shadowed(image: np.ndarray, rng: Rng) -> np.ndarray:
    """With a shadow that has a sharp or a soft edge."""
    height, width = image.shape[:2]
    angle, edge, soft = rng.uniform(0, 2 * np.pi), rng.uniform(-0.5, 0.5), rng.uniform(0.02, 0.6)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    shadow = 1 / (1 + np.exp(-np.clip((x * np.cos(angle) + y * np.sin(angle) - edge) / soft, -20, 20)))
    factor = 1 - shadow * rng.uniform(0.2, 0.7)
    return (image * factor[..., None]).astype(np.uint8)


def coarse(image: np.ndarray, rng: Rng) -> np.ndarray:
    """As if the face were far away: fewer pixels."""
    height, width = image.shape[:2]
    factor = rng.uniform(0.2, 0.8)
    small = cv2.resize(image, (max(8, int(width * factor)), max(8, int(height * factor))), interpolation=cv2.INTER_AREA)
    how = cv2.INTER_LINEAR if rng.random() < 0.7 else cv2.INTER_CUBIC
    return cv2.resize(small, (width, height), interpolation=how)


def blurred(image: np.ndarray, rng: Rng) -> np.ndarray:
    """Out of focus or moved."""
    if rng.random() < 0.5:
        return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 2.0))
    length = int(rng.integers(3, 12))
    kernel = np.zeros((length, length), np.float32)
    cv2.line(kernel, (0, length // 2), (length - 1, length // 2), 1.0)
    turn = cv2.getRotationMatrix2D(((length - 1) / 2, (length - 1) / 2), rng.uniform(0, 180), 1)
    kernel = cv2.warpAffine(kernel, turn, (length, length)) + 1e-6
    return cv2.filter2D(image, -1, kernel / kernel.sum())


def noisy(image: np.ndarray, rng: Rng) -> np.ndarray:
    """A sensor's noise, in grey or per colour."""
    shape = image.shape if rng.random() < 0.6 else (*image.shape[:2], 1)
    noise = rng.standard_normal(shape, np.float32) * rng.uniform(1, 16)
    return np.clip(image + noise, 0, 255).astype(np.uint8)
