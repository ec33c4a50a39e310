"""Frames and sources made on the spot."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from visaged.values import Frame, Picture


@pytest.fixture
def frame() -> Callable[..., Frame]:
    """A small frame with a given index and time."""

    def make(index: int = 0, t: float = 0.0) -> Frame:
        return Frame(Picture(np.zeros((2, 2, 3), np.uint8)), index, 0.0, 0.0, t)

    return make
