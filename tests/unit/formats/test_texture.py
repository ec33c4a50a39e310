"""Textures that were seen in part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from visaged.formats.texture import filled, with_alpha


def test_what_was_not_seen_is_transparent():
    texture = np.full((4, 4, 3), 9, np.uint8)
    seen = np.eye(4, dtype=bool)
    covered = with_alpha(texture, seen)
    assert (covered.shape, covered.dtype) == ((4, 4, 4), np.uint8)
    assert np.array_equal(covered[:, :, 3], np.eye(4) * 255)
    assert np.all(covered[:, :, :3] == 9)


def test_what_was_seen_stays_and_the_rest_goes_on_in_its_colours():
    texture = np.zeros((64, 64, 3), np.uint8)
    texture[:, :20], texture[:, 44:] = (200, 0, 0), (0, 0, 200)
    seen = texture.any(axis=2)
    full = filled(texture, seen)
    assert np.array_equal(full[seen], texture[seen])
    assert full[:, 20, 0].min() > 150 and full[:, 43, 2].min() > 150
    assert full[~seen].sum(axis=1).min() > 150


@given(arrays.arrays(np.bool_, arrays.array_shapes(min_dims=2, max_dims=2, max_side=33)), st.integers(0, 255))
def test_one_colour_fills_a_texture_of_any_shape(seen, colour):
    texture = np.where(seen[:, :, None], np.uint8(colour), np.uint8(0)).repeat(3, axis=2)
    expected = colour if seen.any() else 0
    assert filled(texture, seen) == pytest.approx(np.full_like(texture, expected), abs=1)
