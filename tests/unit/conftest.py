"""A face to publish, and somebody who may not do everything."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np
import pytest

from visaged.values import Face, Pose


@pytest.fixture(scope="session")
def make_face() -> Callable[..., Face]:
    """``make_face(**changes)``: a face like that of DESIGN's example; changes to the pose are named yaw, pitch, ..."""

    def make(**changes: Any) -> Face:
        pose = {
            "rotation": np.eye(3, dtype=np.float32),
            "quaternion": (0.99412, 0.02711, -0.10792, 0.00684),
            "yaw": np.float32(-12.4),
            "pitch": 3.1,
            "roll": 0.8,
            "scale": 1e-4,
        }
        face = {
            "id": 3,
            "score": 0.9,
            "box": (412.2, 188.4, 654.6, 492.0),
            "roi": (400.0, 180.0, 660.0, 500.0),
            "confidence": 0.97,
            "valid": True,
            "reason": None,
            "landmarks": np.arange(204, dtype=np.float32).reshape(68, 3) / 3,
            "params": np.zeros(62, np.float32),
            "eye_open": (0.91, 0.88),
            "mouth_open": 0.04,
            "openings_from": "network",
        }
        pose.update({key: changes.pop(key) for key in list(changes) if key in pose})
        return Face(**(face | changes), pose=Pose(**pose))

    return make


@pytest.fixture(scope="session")
def ordinary_user() -> Callable[[], AbstractContextManager[None]]:
    """``with ordinary_user():`` root is held back by permissions, as others are anyway."""

    @contextmanager
    def held_back() -> Iterator[None]:
        before = os.geteuid()
        if before == 0:
            os.seteuid(1)
        try:
            yield
        finally:
            os.seteuid(before)

    return held_back
