"""Faces and pictures to draw."""

import numpy as np
import pytest

ROTATION = np.eye(3, dtype=np.float32)


@pytest.fixture
def face_around(make_face):
    """``face_around(x, y)``: a face of about 60 pixels, its middle there."""

    def make(x, y, size=60.0, **changes):
        spread = np.random.default_rng(0).uniform(-size / 2, size / 2, (68, 3)).astype(np.float32)
        spread[[0, 16, 30]] = np.outer([-size / 2, size / 2, 0], [1, 0, 0])  # jaw ends, tip of the nose
        box = (x - size / 2, y - size / 2, x + size / 2, y + size / 2)
        landmarks = spread + np.float32([x, y, 0])
        return make_face(**({"landmarks": landmarks, "box": box, "roi": box, "rotation": ROTATION} | changes))

    return make


@pytest.fixture
def picture():
    """``picture(height, width)``: an even grey."""
    return lambda height=200, width=300: np.full((height, width, 3), 90, np.uint8)
