"""What may be behind or before a face."""

import cv2
import numpy as np
from dirt import Rng

SMALLEST_CUT = 48  # pixels of a picture without a face
OCTAVES = (2, 5, 11, 29)  # cells a side of clouds


def backdrop(size: int, backgrounds: np.ndarray, rng: Rng) -> np.ndarray:
    """(size, size, 3) uint8: a piece of one of ``backgrounds`` (n, s, s, 3), or a pattern."""
    kind = rng.random()
    if kind < 0.7:
        return _piece(size, backgrounds, rng)
    if kind < 0.85:
        return _clouds(size, rng)
    if kind < 0.93:
        return _waves(size, rng)
    return np.full((size, size, 3), rng.uniform(0, 255, 3), np.uint8)


def _piece(size: int, backgrounds: np.ndarray, rng: Rng) -> np.ndarray:
    side = backgrounds.shape[1]
    cut = int(rng.integers(SMALLEST_CUT, side + 1))
    y, x = rng.integers(0, side + 1 - cut, 2)
    piece = backgrounds[rng.integers(len(backgrounds))][y : y + cut, x : x + cut]
    piece = np.rot90(piece, int(rng.integers(4))) if rng.random() < 0.3 else piece
    return cv2.resize(piece[:, :: (-1 if rng.random() < 0.5 else 1)], (size, size))


def _clouds(size: int, rng: Rng) -> np.ndarray:
    clouds = [
        cv2.resize(rng.random((cells, cells, 3), np.float32) - 0.5, (size, size)) * 140 / (i + 1)
        for i, cells in enumerate(OCTAVES)
    ]
    return np.clip(sum(clouds) + rng.uniform(20, 235, 3), 0, 255).astype(np.uint8)


def _waves(size: int, rng: Rng) -> np.ndarray:
    y, x = np.mgrid[0:size, 0:size]
    wave = np.sin((x * rng.normal(0, 0.3) + y * rng.normal(0, 0.3)) + rng.uniform(0, 6))
    return np.clip(wave[..., None] * rng.uniform(10, 90, 3) + rng.uniform(40, 215, 3), 0, 255).astype(np.uint8)
