"""What is behind the person: a room, out of focus, with nothing in it that is a face."""

from __future__ import annotations

import cv2
import numpy as np

from visaged.values import Image

THINGS = 14
TINT = 10.0
"""Grey levels that colours differ from grey by."""


def background(random: np.random.Generator, width: int, height: int) -> Image:
    """A picture of that size in pixels."""
    grey = random.uniform(60, 190, 2)
    low, high = (level + random.normal(0, TINT, 3) for level in grey)
    share = np.linspace(0, 1, height)[:, None, None]
    room = np.broadcast_to((low + (high - low) * share).clip(0, 255), (height, width, 3)).astype(np.uint8).copy()
    for _ in range(THINGS):
        _put(random, room)
    sigma = random.uniform(0.008, 0.02) * width
    blurred = cv2.GaussianBlur(room, (0, 0), sigma)
    return np.asarray(blurred, dtype=np.uint8)


def _put(random: np.random.Generator, room: Image) -> None:
    """A box of one colour: a window, a shelf, a door post."""
    height, width = room.shape[:2]
    x, y = random.uniform(-0.1, 1, 2) * (width, height)
    w, h = random.uniform(0.03, 0.4, 2) * (width, height)
    colour = (random.uniform(30, 220) + random.normal(0, TINT, 3)).clip(0, 255)
    cv2.rectangle(room, (int(x), int(y)), (int(x + w), int(y + h)), colour.tolist(), cv2.FILLED)
