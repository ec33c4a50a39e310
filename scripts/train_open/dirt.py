"""What happens to a face on its way into a camera: light, colour, things before it, blur, noise, compression."""

import cv2
import numpy as np

Rng = np.random.Generator


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
    height, width = image.shape[:2]
    levels = np.linspace(0, 1, 256)[:, None]
    gamma, gain = np.exp(rng.normal(0, 0.25)), np.exp(rng.normal(0, 0.25))
    tint = np.exp(rng.normal(0, 0.1, 3))
    offset = rng.normal(0, 0.06)
    table = np.clip((levels**gamma * gain * tint + offset) * 255, 0, 255).astype(np.uint8)
    look = rng.random()
    if look < 0.2:  # near-infrared cameras see mostly red
        grey = image.astype(np.uint16) @ np.array([60, 120, 76] if look < 0.12 else [10, 60, 186], np.uint16) >> 8
        image = np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)
        table = table[:, [1, 1, 1]]
    image = cv2.LUT(image, np.ascontiguousarray(table[None]))
    if rng.random() < 0.3:
        angle, edge, soft = rng.uniform(0, 2 * np.pi), rng.uniform(-0.5, 0.5), rng.uniform(0.02, 0.6)
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
        shadow = 1 / (1 + np.exp(-np.clip((x * np.cos(angle) + y * np.sin(angle) - edge) / soft, -20, 20)))
        factor = 1 - shadow * rng.uniform(0.2, 0.7)
        image = (image * factor[..., None]).astype(np.uint8)
    return image


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
    cv2.line(kernel, *((0, length // 2), (length - 1, length // 2)), 1.0)
    turn = cv2.getRotationMatrix2D(((length - 1) / 2, (length - 1) / 2), rng.uniform(0, 180), 1)
    kernel = cv2.warpAffine(kernel, turn, (length, length)) + 1e-6
    return cv2.filter2D(image, -1, kernel / kernel.sum())


def noisy(image: np.ndarray, rng: Rng) -> np.ndarray:
    """A sensor's noise, in grey or per colour."""
    shape = image.shape if rng.random() < 0.6 else (*image.shape[:2], 1)
    noise = rng.standard_normal(shape, np.float32) * rng.uniform(1, 16)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def texture(size: int, backgrounds: np.ndarray, rng: Rng) -> np.ndarray:
    """(size, size, 3): a picture without a face, or a pattern."""
    kind = rng.random()
    if kind < 0.7:
        cut = int(rng.integers(48, 257))
        y, x = rng.integers(0, 257 - cut, 2)
        piece = backgrounds[rng.integers(len(backgrounds))][y : y + cut, x : x + cut]
        piece = np.rot90(piece, int(rng.integers(4))) if rng.random() < 0.3 else piece
        return cv2.resize(piece[:, :: (-1 if rng.random() < 0.5 else 1)], (size, size))
    if kind < 0.85:
        octave = [
            cv2.resize(rng.random((n, n, 3), np.float32) - 0.5, (size, size)) * 140 / (i + 1)
            for i, n in enumerate((2, 5, 11, 29))
        ]
        return np.clip(sum(octave) + rng.uniform(20, 235, 3), 0, 255).astype(np.uint8)
    if kind < 0.93:
        y, x = np.mgrid[0:size, 0:size]
        wave = np.sin((x * rng.normal(0, 0.3) + y * rng.normal(0, 0.3)) + rng.uniform(0, 6))
        return np.clip(wave[..., None] * rng.uniform(10, 90, 3) + rng.uniform(40, 215, 3), 0, 255).astype(np.uint8)
    return np.full((size, size, 3), rng.uniform(0, 255, 3), np.uint8)


def blob(size: int, centre: np.ndarray, radius: float, rng: Rng) -> np.ndarray:
    """(size, size) bool: an irregular round thing."""
    angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
    squeeze = rng.uniform(0.4, 1.0)
    reach = radius * rng.uniform(0.6, 1.3, 9)
    turn = rng.uniform(0, np.pi)
    x, y = reach * np.cos(angles), reach * np.sin(angles) * squeeze
    outline = np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], 1) + centre
    mask = np.zeros((size, size), np.uint8)
    cv2.fillPoly(mask, [outline.astype(np.int32)], 1)
    return mask.astype(bool)
