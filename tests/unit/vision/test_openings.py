"""How far eyes and mouth are open."""

import numpy as np
import pytest

from visaged.vision.openings import LIDS, LIPS, Openings

SHAPE, EXPRESSION = 6, 5


@pytest.fixture
def basis():
    return np.random.default_rng(3).normal(size=(204, SHAPE + EXPRESSION)).astype(np.float32)


@pytest.fixture
def coefficients():
    return np.random.default_rng(4).normal(size=SHAPE + EXPRESSION)


def test_openings_are_the_mean_ways_between_lids_and_lips(basis, coefficients):
    y = (basis @ coefficients).reshape(68, 3)[:, 1]
    expected = [np.mean([y[a] - y[b] for a, b in pairs]) for pairs in (*LIDS, LIPS)]
    np.testing.assert_allclose(Openings(basis, SHAPE).of(coefficients), expected)


def test_an_opened_face_has_the_openings_asked_for_and_the_shape_it_had(basis, coefficients):
    openings = Openings(basis, SHAPE)
    opened = openings.opened(coefficients, np.array([0.5, -2.0, 3.0]))
    np.testing.assert_allclose(openings.of(opened), [0.5, -2.0, 3.0])
    np.testing.assert_array_equal(opened[:SHAPE], coefficients[:SHAPE])


def test_a_face_that_is_as_open_as_asked_stays_as_it_is(basis, coefficients):
    openings = Openings(basis, SHAPE)
    opened = openings.opened(coefficients, openings.of(coefficients))
    np.testing.assert_allclose(opened, coefficients, atol=1e-12)


@pytest.mark.parametrize("strength", [0.0, 1e-6])
def test_what_no_expression_does_is_not_asked_of_it(basis, coefficients, strength):
    left = [index * 3 + 1 for pair in LIDS[0] for index in pair]
    basis[left, SHAPE:] *= strength
    opened = Openings(basis, SHAPE).opened(coefficients, np.array([10.0, 0.0, 0.0]))
    assert np.abs(opened).max() < 100
