"""Depth to whole numbers and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from visaged.snapshots.levels import INVALID, LARGEST, to_depth, to_levels

DEPTHS = hnp.arrays(
    np.float32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=8), elements=st.floats(-4000, 4000, width=32)
)


@given(DEPTHS, st.integers(0, 7))
def test_what_was_there_comes_back_within_half_a_step(depth: np.ndarray, holes: int) -> None:
    depth.ravel()[:holes] = np.nan
    if not np.isfinite(depth).any():
        return
    values, levels = to_levels(depth)
    back = to_depth(values, levels.scale, levels.offset)
    there = np.isfinite(depth)
    assert (np.isfinite(back) == there).all() and ((values == INVALID) != there).all()
    rounding = np.spacing(np.float32(4000))
    assert np.abs(back[there] - depth[there]).max() <= levels.scale / 2 + rounding
    assert levels.minimum == depth[there].min() and levels.maximum == depth[there].max()


def test_the_nearest_and_the_farthest_take_the_ends_of_the_range() -> None:
    values, levels = to_levels(np.array([[-100.0, np.nan, 50.0]], np.float32))
    assert values.tolist() == [[1, INVALID, LARGEST]]
    assert levels.scale == pytest.approx(150 / 65534)


def test_a_surface_of_one_depth_has_a_scale_that_can_be_divided_by() -> None:
    values, levels = to_levels(np.full((2, 2), 3.5, np.float32))
    assert values.tolist() == [[1, 1], [1, 1]] and levels.scale > 0
    assert (to_depth(values, levels.scale, levels.offset) == np.float32(3.5)).all()


@pytest.mark.parametrize("nothing", [np.full((3, 3), np.nan), np.full((3, 3), np.inf), np.empty((0, 0))])
def test_where_nothing_is_there_there_is_nothing_to_write(nothing: np.ndarray) -> None:
    with pytest.raises(ValueError, match="no pixel"):
        to_levels(nothing.astype(np.float32))
