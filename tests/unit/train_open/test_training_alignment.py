"""Alignment and fits."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

Step = Callable[[str], ModuleType]


def test_a_similarity_transform_is_recovered(step: Step) -> None:
    random = np.random.default_rng(0)
    model, scale, shift = random.normal(0, 1, (20, 3)), np.array([0.3, 7.0]), random.normal(0, 5, (2, 1, 3))
    turns = np.stack([step("rotations").rotation(*angles) for angles in ((30, -20, 10), (-80, 40, 170))])
    points = scale[:, None, None] * np.einsum("nij,vj->nvi", turns, model) + shift
    found = step("alignment").similarity(model, points, np.full(20, 1 / 20))
    assert np.allclose(found.scale, scale)
    assert np.allclose(found.rotation, turns)
    assert np.allclose(found.undone(points), model)


def test_mirrored_points_are_not_aligned_by_a_reflection(step: Step) -> None:
    model = np.random.default_rng(0).normal(0, 1, (20, 3))
    found = step("alignment").similarity(model, model[None] * [-1, 1, 1], np.full(20, 1 / 20))
    assert np.isclose(np.linalg.det(found.rotation[0]), 1)


def test_shapes_that_differ_by_similarity_alone_become_one(step: Step) -> None:
    random = np.random.default_rng(0)
    shape, turn = random.normal(0, 1, (20, 3)), step("rotations").rotation(40, 10, -30)
    shapes = np.stack([shape, 3 * shape @ turn.T + 5])
    first, second = step("alignment").generalised(shapes, np.full(20, 1 / 20), shape - shape.mean(0))
    assert np.allclose(first, second)


def test_the_yaw_of_a_rotation_is_the_one_it_was_made_of(step: Step) -> None:
    rotations = step("rotations")
    turns = np.stack([rotations.rotation(yaw, 20, -35) for yaw in (-75, 0, 40)])
    assert np.allclose(rotations.yaw_of(turns), [-75, 0, 40])


def test_pose_and_coefficients_of_a_face_of_the_model_are_found(step: Step, coarse: Any, studio: Any) -> None:
    coefficients = np.zeros(50)
    coefficients[:40] = np.random.default_rng(0).normal(0, 1, 40) * studio.model.param_std[12:52]
    turn, scale = step("rotations").rotation(15, -5, 10), 1e-3
    points = scale * coarse.faces(coefficients) @ turn.T + [128, -128, 0]
    fits = step("fitting").fit_all(points[None], coarse)
    assert np.allclose(fits.rotation[0], turn, atol=0.01)
    assert np.isclose(fits.scale[0], scale, rtol=0.01)
    assert fits.residual[0] < 0.005


def test_an_open_jaw_is_told_from_a_nod(step: Step, coarse: Any) -> None:
    coefficients = np.zeros(50)
    coefficients[42] = 1
    turn = step("rotations").rotation(10, 15, -5)
    fits = step("fitting").fit_all((1e-3 * coarse.faces(coefficients) @ turn.T)[None], coarse)
    assert np.allclose(fits.rotation[0], turn, atol=1e-4)
    assert np.allclose(fits.coefficients[0], coefficients, atol=1e-3)
