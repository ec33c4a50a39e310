"""The raw border of ``_native.bounds``."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from visaged._native import bounds

points = arrays.arrays(np.float32, st.tuples(st.integers(1, 70), st.just(3)), elements=st.floats(-1e6, 1e6, width=32))


@given(points)
def test_the_box_is_that_of_the_smallest_and_largest(landmarks):
    assert bounds(landmarks) == (*landmarks[:, :2].min(axis=0), *landmarks[:, :2].max(axis=0))


@given(points, st.sampled_from([math.nan, math.inf, -math.inf]), st.integers(0, 2))
def test_a_coordinate_that_is_not_finite_makes_all_of_it_nan(landmarks, value, axis):
    landmarks[-1, axis] = value
    assert all(math.isnan(corner) for corner in bounds(landmarks))


@pytest.mark.parametrize("wrong", [np.zeros((0, 3), np.float32), np.zeros((4, 2), np.float32), np.zeros((4, 3))])
def test_what_is_no_landmarks_is_a_value_error(wrong):
    with pytest.raises(ValueError, match="landmarks"):
        bounds(wrong)
