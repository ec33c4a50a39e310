"""The mesh of the face model: its topology, and the smooth surface through it."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Step = Callable[[str], ModuleType]
Edges = NDArray[np.int64]


def test_the_mesh_has_852_triangles_of_which_no_edge_has_three(step: Step, edges: Edges) -> None:
    faces = step("topology").triangles(edges)
    sides = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    assert len(faces) == 852
    assert np.unique(sides, axis=0, return_counts=True)[1].max() == 2


def test_neighbouring_triangles_agree_on_what_is_front(step: Step, edges: Edges) -> None:
    faces = step("topology").triangles(edges)
    directed = faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    assert len(np.unique(directed, axis=0)) == len(directed)


def test_the_mirror_image_of_a_mirror_image_is_the_point_itself(step: Step, edges: Edges) -> None:
    pairs = step("topology").mirror(edges)
    assert np.array_equal(pairs[pairs], np.arange(478))


def test_mirrored_points_of_a_symmetric_face_lie_on_the_other_side(step: Step, edges: Edges, coarse: Any) -> None:
    mirrored = coarse.mean[step("topology").mirror(edges)] * [-1, 1, 1]
    assert np.abs(mirrored - coarse.mean).max() < 1  # micrometre


def test_the_smooth_surface_passes_through_its_control_points(surface: Any, coarse: Any) -> None:
    count = len(surface.mesh.copied)
    assert np.allclose(surface.finer[:count], np.eye(count), atol=1e-9)
    assert np.allclose((surface.finer @ surface.mesh.vertices(coarse.mean))[:478], coarse.mean, atol=1e-3)


def test_a_smooth_surface_through_points_of_a_plane_is_that_plane(step: Step) -> None:
    square, slope = np.array([[0, 1, 2], [0, 2, 3]]), np.array([[0, 0, 0], [0, 1, 1], [1, 1, 3], [1, 0, 2.0]])
    faces, finer = step("subdivision").smooth(square, 4, levels=2)
    x, y, z = (finer @ slope).T
    assert len(faces) == 16 * len(square)
    assert np.allclose(z, 2 * x + y)


def test_the_fine_model_is_the_one_of_the_pack(step: Step, surface: Any, coarse: Any, studio: Any) -> None:
    arrays = step("face_model").model_arrays(surface, coarse)
    assert np.abs(arrays["mean"].reshape(-1, 3) - studio.model.mean).max() < 1
    assert np.array_equal(arrays["landmark_indices"], studio.model.landmark_indices)
    scale = np.abs(studio.model.expression_basis).max()
    assert np.abs(arrays["expression_basis"] - studio.model.expression_basis).max() < 2e-3 * scale


def test_no_triangle_is_torn_between_distant_places_of_the_texture(step: Step, surface: Any, coarse: Any) -> None:
    corners = step("skin").unwrapped(surface, coarse.mean)[surface.triangles]
    assert np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max() < 0.06


def test_the_landmarks_that_the_loss_counts_are_near_those_of_the_pack(coarse: Any, studio: Any) -> None:
    model = studio.model
    coefficients = np.random.default_rng(0).normal(0, 1, 50) * model.param_std[12:]
    basis = np.concatenate([model.shape_basis, model.expression_basis], axis=1)
    fine = (model.mean + (basis @ coefficients).reshape(-1, 3))[model.landmark_indices]
    apart = np.linalg.norm(coarse.landmarks(coefficients) - fine, axis=1)
    assert apart.max() < 10  # micrometres: less than an edge, as half precision allows
