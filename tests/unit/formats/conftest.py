"""Surfaces whose files are looked at."""

import numpy as np
import pytest
import trimesh

from visaged.formats.solid import Solid
from visaged.values import Mesh


@pytest.fixture
def ball():
    """A closed surface as trimesh has it: y up, triangles outward."""
    made = trimesh.creation.icosphere(subdivisions=2, radius=10)
    made.apply_translation([30, 20, 5])
    return made


@pytest.fixture
def ball_in_image(ball):
    """The same as a renderer has it, in a picture 40 pixels high: the mesh, and triangles that face outward there."""
    x, y, z = ball.vertices.T
    return Mesh(np.float32([x, 39 - y, z]), 1.0), np.int32(ball.faces[:, ::-1])


@pytest.fixture
def solid(ball):
    """The ball in random colours, with UVs."""
    random = np.random.default_rng(0)
    count = len(ball.vertices)
    colours = random.integers(0, 256, (count, 3), dtype=np.uint8)
    uv = random.random((count, 2), dtype=np.float32)
    return Solid(np.float32(ball.vertices), np.int32(ball.faces), colours, uv)
