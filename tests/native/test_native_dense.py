"""The raw border of ``DenseModel``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from visaged._native import DenseModel, LandmarkModel

ROI = (-30.5, 12.0, 370.0, 410.5)
CAMERA = np.array([4e-4, 1e-4, 0, 60, -1e-4, 4e-4, 0, 65, 0, 0, 4e-4, -30], np.float32)


def arrays(
    vertices: int = 97, columns: int = 8
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Mean, basis and typical sizes of a random model."""
    random = np.random.default_rng(vertices)
    mean = random.uniform(-9e4, 9e4, 3 * vertices).astype(np.float32)
    basis = random.normal(0, 1e-2, (3 * vertices, columns)).astype(np.float32)
    return mean, basis, np.full(columns, 1e5, np.float32)


def small_model() -> DenseModel:
    mean, basis, typical = arrays()
    return DenseModel(mean, [basis], typical)


def small_params() -> NDArray[np.float32]:
    return np.concatenate([CAMERA, np.random.default_rng(1).normal(0, 1e5, 8)]).astype(np.float32)


def projected(model: DenseModel, params: NDArray[np.float32], **options: Any) -> NDArray[np.float32]:
    out = np.full((3, model.vertices), 77, np.float32)
    model.project(params, ROI, out, **options)
    return out


@pytest.mark.parametrize("vertices", [1, 31, 32, 33, 1000])
@pytest.mark.parametrize("columns", [1, 7, 256])
def test_the_fast_path_gives_the_bits_of_the_scalar_one(vertices: int, columns: int) -> None:
    mean, basis, typical = arrays(vertices, columns)
    model = DenseModel(mean, [basis], typical)
    params = np.concatenate([CAMERA, np.random.default_rng(2).normal(0, 1e5, columns)]).astype(np.float32)
    assert np.array_equal(projected(model, params, scalar=True), projected(model, params))


def test_vertices_are_where_the_landmark_model_has_them() -> None:
    mean, basis, _ = arrays()
    expected = LandmarkModel(mean, basis).landmarks(small_params(), ROI).T
    assert np.abs(expected - projected(small_model(), small_params())).max() < 0.05


def test_bases_follow_each_other_as_parameters_do() -> None:
    mean, basis, typical = arrays()
    parts = [np.ascontiguousarray(part) for part in np.split(basis, [3, 3, 5], axis=1)]
    several = DenseModel(mean, parts, typical)
    assert np.array_equal(projected(small_model(), small_params()), projected(several, small_params()))


def test_the_model_is_a_copy() -> None:
    mean, basis, typical = arrays()
    model = DenseModel(mean, [basis], typical)
    before = projected(model, small_params())
    mean[:], basis[:], typical[:] = 9, 9, 9
    assert np.array_equal(before, projected(model, small_params()))


def test_it_tells_its_size_and_takes_less_than_the_basis() -> None:
    mean, basis, typical = arrays(5000, 50)
    model = DenseModel(mean, [basis], typical)
    assert model.vertices == 5000
    assert 3 * 5000 * (50 + 4) <= model.nbytes < mean.nbytes + basis.nbytes / 2 + 40_000


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_coefficient_that_is_not_finite_gives_nan_throughout(value: float) -> None:
    params = small_params()
    params[14] = value
    assert np.isnan(projected(small_model(), params)).all()


@pytest.mark.parametrize("size", [0, -1])
def test_a_size_that_is_not_positive_is_a_value_error(size: int) -> None:
    with pytest.raises(ValueError, match="size"):
        projected(small_model(), small_params(), size=size)


WRONG_PARAMETERS: dict[str, NDArray[Any]] = {
    "short": np.zeros(19, np.float32),
    "long": np.zeros(21, np.float32),
    "double": np.zeros(20, np.float64),
    "strided": np.zeros(40, np.float32)[::2],
    "two dimensions": np.zeros((1, 20), np.float32),
}


@pytest.mark.parametrize("kind", WRONG_PARAMETERS)
def test_parameters_of_the_wrong_kind_are_a_value_error(kind: str) -> None:
    with pytest.raises(ValueError, match="params must be"):
        projected(small_model(), WRONG_PARAMETERS[kind])


def unaligned() -> NDArray[np.float32]:
    return np.zeros(4 * 3 * 97 + 1, np.uint8)[1:].view(np.float32).reshape(3, 97)


WRONG_OUTPUTS: dict[str, NDArray[Any]] = {
    "a vertex less": np.zeros((3, 96), np.float32),
    "points in rows": np.zeros((97, 3), np.float32),
    "a view of that": np.zeros((97, 3), np.float32).T,
    "double": np.zeros((3, 97)),
    "big-endian": np.zeros((3, 97), ">f4"),
    "unaligned": unaligned(),
    "flat": np.zeros(3 * 97, np.float32),
}


@pytest.mark.parametrize("kind", WRONG_OUTPUTS)
def test_an_output_of_the_wrong_kind_is_a_value_error(kind: str) -> None:
    with pytest.raises(ValueError, match="vertices must be"):
        small_model().project(small_params(), ROI, WRONG_OUTPUTS[kind])


def test_a_read_only_output_is_a_value_error() -> None:
    out = np.zeros((3, 97), np.float32)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        small_model().project(small_params(), ROI, out)


MEAN, BASIS, TYPICAL = arrays(4, 2)
SPOILT = np.array([np.nan, 1], np.float32)
WRONG_MODELS: dict[str, tuple[Any, Any, Any]] = {
    "no whole points": (MEAN[:11], [BASIS[:11]], TYPICAL),
    "rows differ": (MEAN, [BASIS[:9]], TYPICAL),
    "rows of the second differ": (MEAN, [BASIS[:, :1].copy(), BASIS[:9, :1].copy()], TYPICAL),
    "mean is double": (MEAN.astype(np.float64), [BASIS], TYPICAL),
    "basis is double": (MEAN, [BASIS.astype(np.float64)], TYPICAL),
    "column-major": (MEAN, [np.asfortranarray(BASIS)], TYPICAL),
    "no points": (MEAN[:0], [BASIS[:0]], TYPICAL),
    "no bases": (MEAN, [], TYPICAL[:0]),
    "no columns": (MEAN, [BASIS[:, :0].copy()], TYPICAL[:0]),
    "a size too few": (MEAN, [BASIS], TYPICAL[:1]),
    "a size too many": (MEAN, [BASIS, BASIS], np.ones(5, np.float32)),
    "257 columns": (MEAN, [np.zeros((12, 257), np.float32)], np.ones(257, np.float32)),
    "NaN in the mean": (np.full(12, np.nan, np.float32), [BASIS], TYPICAL),
    "infinity in the basis": (MEAN, [np.full((12, 2), np.inf, np.float32)], TYPICAL),
    "NaN in the sizes": (MEAN, [BASIS], SPOILT),
}


@pytest.mark.parametrize("kind", WRONG_MODELS)
def test_a_model_that_does_not_fit_together_is_a_value_error(kind: str) -> None:
    with pytest.raises(ValueError, match=r"mean|basis|typical|dense model"):
        DenseModel(*WRONG_MODELS[kind])


def test_others_can_work_while_it_does(busy_while: Callable[[Callable[[], object]], int]) -> None:
    mean, basis, typical = arrays(40_000, 50)
    model = DenseModel(mean, [basis], typical)
    params = np.concatenate([CAMERA, np.ones(50)]).astype(np.float32)
    out = np.empty((3, 40_000), np.float32)

    def work() -> None:
        for _ in range(30):
            model.project(params, ROI, out, scalar=True)

    assert busy_while(work) > 3
