"""Surfaces from packs: where their vertices are, parts of them, and packs that have none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest

from visaged.errors import ModelError
from visaged.models import Pack, face_arrays
from visaged.render.surface import Surface, open_dense, open_surface
from visaged.values import Face

Spoilt = Callable[..., Pack]


def with_value(value: float) -> Callable[[Any], Any]:
    """Changes the last number of an array."""

    def change(array: Any) -> Any:
        array.flat[-1] = value
        return array

    return change


def test_a_surface_has_the_arrays_of_its_pack(surface: Surface) -> None:
    assert surface.pack == "3ddfa_v2"
    assert surface.size == 120
    assert surface.dense.vertices == 600
    assert surface.triangles.shape[1:] == (3,)
    assert surface.uv is not None and surface.uv.shape == (600, 2)
    assert surface.pncc is not None and surface.pncc.shape == (600, 3)
    np.testing.assert_array_equal(surface.landmark_indices, np.arange(68))


@pytest.mark.parametrize("yaw", [0, -35, 70])
def test_its_landmarks_are_the_face_models(surface: Surface, see: Callable[..., Face], yaw: float) -> None:
    face = see(300, 200, 150, yaw)
    mesh = surface.mesh(face)
    assert np.abs(mesh.vertices[:, surface.landmark_indices].T - face.landmarks).max() < 0.02


def test_scale_is_pixels_per_model_unit(made_pack: Pack, surface: Surface, see: Callable[..., Face]) -> None:
    mesh = surface.mesh(see(300, 200, 240))
    mean = face_arrays(made_pack, ("mean",))["mean"].reshape(-1, 3)
    pixels, units = np.ptp(mesh.vertices, axis=1), np.ptp(mean, axis=0)
    np.testing.assert_allclose(pixels / units, mesh.scale, rtol=1e-3)


def test_triangles_go_clockwise_where_one_sees_the_outside(surface: Surface, see: Callable[..., Face]) -> None:
    x, y, _ = surface.mesh(see(300, 200, 240)).vertices
    a, b, c = surface.triangles.T
    doubled = (x[b] - x[a]) * (y[c] - y[a]) - (y[b] - y[a]) * (x[c] - x[a])
    assert (doubled > 0).mean() > 0.99


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_face_whose_shape_is_not_finite_is_nowhere(surface: Surface, see: Callable[..., Face], value: float) -> None:
    params = see(300, 200, 150).params.copy()
    params[20] = value
    mesh = surface.mesh(msgspec.structs.replace(see(300, 200, 150), params=params))
    assert np.isnan(mesh.vertices).all()


@pytest.mark.parametrize("chosen", [slice(100, 333), slice(None, None, 7), slice(599, None), np.array([5, 9, 5, 0])])
def test_a_part_is_where_the_whole_has_it(
    made_pack: Pack, surface: Surface, see: Callable[..., Face], chosen: Any
) -> None:
    face = see(300, 200, 150, 20)
    part = open_dense(made_pack, chosen)
    expected = surface.mesh(face).vertices[:, chosen]
    found = np.zeros((3, part.vertices), np.float32)
    part.project(face.params, face.roi, found)
    assert found.shape == expected.shape
    assert np.abs(expected - found).max() < 0.02


def test_a_part_without_vertices_is_a_model_error(made_pack: Pack) -> None:
    with pytest.raises(ModelError, match="at least one vertex"):
        open_dense(made_pack, slice(0, 0))


def test_a_pack_may_lack_uvs_and_codes(spoilt: Spoilt) -> None:
    bare = open_surface(spoilt(uv=None, pncc=None))
    assert bare.uv is None
    assert bare.pncc is None


def test_a_pack_without_triangles_says_so(spoilt: Spoilt) -> None:
    with pytest.raises(ModelError, match="pack '3ddfa_v2' has no triangles, so the outputs that need them"):
        open_surface(spoilt(triangles=None))


def test_a_pack_without_a_regressor_or_face_model_says_so(made_pack: Pack) -> None:
    with pytest.raises(ModelError, match="pack 3ddfa_v2 has no regressor; choose another"):
        open_surface(replace(made_pack, regressor=None))
    with pytest.raises(ModelError, match="pack '3ddfa_v2' has no face model"):
        open_surface(replace(made_pack, face_model=None))


@pytest.mark.parametrize(
    "change",
    [
        {"triangles": lambda a: a[:0]},
        {"triangles": lambda a: np.hstack([a, a[:, :1]])},
        {"triangles": lambda a: a[:, :2]},
        {"triangles": lambda a: a + 1},
        {"triangles": lambda a: a - 1},
        {"uv": lambda a: a[:-1]},
        {"uv": lambda a: np.hstack([a, a[:, :1]])},
        {"uv": with_value(np.nan)},
        {"pncc": lambda a: a[1:]},
        {"pncc": lambda a: a[:, :2]},
        {"pncc": with_value(np.inf)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_triangles_uvs_or_codes_that_do_not_fit_are_refused(spoilt: Spoilt, change: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="triangles, UVs or codes do not fit the 600 vertices; import it again"):
        open_surface(spoilt(**change))


@pytest.mark.parametrize("name", ["mean", "shape_basis", "expression_basis", "param_std"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused(spoilt: Spoilt, name: str, value: float) -> None:
    with pytest.raises(ModelError, match=r"the face model cannot be used \(.* finite\); import it again"):
        open_surface(spoilt(**{name: with_value(value)}))


@pytest.mark.parametrize(
    "change",
    [
        {"mean": lambda a: a[:-3]},
        {"mean": lambda a: a[:-1], "shape_basis": lambda a: a[:-1], "expression_basis": lambda a: a[:-1]},
        {"shape_basis": lambda a: a[:, 1:]},
        {"param_std": lambda a: a[:-1]},
    ],
    ids=["mean", "no whole vertices", "a column", "a deviation"],
)
def test_a_model_that_does_not_fit_together_is_refused(spoilt: Spoilt, change: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="does not fit the regressor's 62 parameters; import it again"):
        open_surface(spoilt(**change))
