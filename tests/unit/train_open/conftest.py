"""The code of the training, importable, and faces drawn from the open pack to train on."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from visaged.models.store import load
from visaged.synthetic.light import Light
from visaged.synthetic.person import random_person
from visaged.synthetic.studio import Studio, open_studio

REPOSITORY = Path(__file__).parents[3]
SCRIPTS = REPOSITORY / "scripts" / "train_open"
PACKS = REPOSITORY / "models"
SIDE, POINTS, COARSE = 256, 478, 532
PICTURE = (0.0, 0.0, float(SIDE), float(SIDE))

Face = tuple[NDArray[np.uint8], NDArray[np.float64]]
"""A picture (256, 256, 3) of somebody, and all vertices (N, 3) in its pixels, z towards the viewer."""


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """A module of the training, by its name."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module


@pytest.fixture(scope="session")
def studio() -> Studio:
    return open_studio(load("open", PACKS))


@pytest.fixture(scope="session")
def edges(studio: Studio) -> NDArray[np.int64]:
    """The edges (1322, 2) of MediaPipe's mesh."""
    return _coarse_edges(studio.model.triangles, len(studio.model.mean))


@pytest.fixture
def surface(step: Callable[[str], ModuleType], studio: Studio, edges: NDArray[np.int64]) -> Any:
    """The fine surface through MediaPipe's points."""
    return step("face_model").fine_surface(studio.model.mean[:POINTS].astype(np.float64), edges)


@pytest.fixture
def coarse(studio: Studio, step: Callable[[str], ModuleType], surface: Any) -> Any:
    """The model on MediaPipe's points that the pack's was made from."""
    model = studio.model
    mean = model.mean[:POINTS].astype(np.float64)
    shapes, expressions = (
        basis[: 3 * POINTS].T.reshape(-1, POINTS, 3).astype(np.float64)
        for basis in (model.shape_basis, model.expression_basis)
    )
    return step("coarse").Coarse(mean, shapes, expressions, step("face_model").landmark_places(surface, mean))


@pytest.fixture
def portrait(studio: Studio) -> Callable[[np.random.Generator], Face]:
    """Draws somebody who looks about ahead."""
    return lambda random: _portrait(studio, random)


def _portrait(studio: Studio, random: np.random.Generator) -> Face:
    model = studio.model
    person = random_person(random, model.shape_std, model.textures)
    acts = {"lid_left": 0.0, "lid_right": 0.0, "jaw": float(random.uniform(0, 0.3))}
    params = model.params(person.shape, acts, random.normal(0, 0.7, 7).tolist())
    params[:12] = _camera(np.radians(random.uniform(-20, 20)), model.size).ravel()
    picture = np.full((SIDE, SIDE, 3), random.integers(40, 200, 3), np.uint8)
    studio.draw(picture, studio.sitter(person), params, PICTURE, Light(azimuth=random.uniform(-60, 60)))
    vertices = np.empty((3, len(model.mean)), np.float32)
    model.dense.project(params, PICTURE, vertices, model.size)
    return picture, vertices.T.astype(np.float64)


def _camera(yaw: float, size: int) -> NDArray[np.float64]:
    """(3, 4): the face turned by ``yaw`` radians, in the middle of the crop, a third of it wide."""
    cos, sin = np.cos(yaw), np.sin(yaw)
    turn = np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]])
    return np.column_stack([turn * (0.35 * size / 1.6e5), [size / 2] * 3])


def _coarse_edges(triangles: NDArray[np.int32], vertices: int) -> NDArray[np.int64]:
    """Of the pack's mesh, which was made from MediaPipe's by halving all edges twice.

    With V, E and F vertices, edges and faces, halving gives V + E vertices and 2 E + 3 F edges.
    """
    faces = len(triangles) // 16
    edges = (vertices - COARSE - 3 * faces) // 3
    near: dict[int, list[int]] = {}
    for old, new in _halves(triangles, COARSE + edges):
        near.setdefault(new, []).append(old)
    whole = {tuple(sorted(ends)) for ends in near.values() if len(ends) == 2}
    return np.array(sorted(edge for edge in whole if edge[1] < 468))


def _halves(triangles: NDArray[np.int32], old: int) -> set[tuple[int, int]]:
    """The edges between the first ``old`` vertices, from one of MediaPipe's to the middle of an edge of its mesh.

    They were halved in turn: each later vertex lies between two of the first ``old`` ones.
    """
    ends: dict[int, set[int]] = {}
    for face in triangles.tolist():
        for vertex in face:
            if vertex >= old:
                ends.setdefault(vertex, set()).update(other for other in face if other < old)
    pairs = (sorted(pair) for pair in ends.values() if len(pair) == 2)
    return {(first, second) for first, second in pairs if first < COARSE <= second}
