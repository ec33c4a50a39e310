"""Delays between two tries."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.backoff import Backoff


@given(st.floats(0.01, 10), st.floats(1, 100), st.integers())
def test_delays_stay_within_their_bounds(minimum: float, factor: float, seed: int) -> None:
    backoff = Backoff(minimum, minimum * factor, random.Random(seed))
    assert all(minimum <= backoff.next() <= minimum * factor for _ in range(50))


def test_delays_grow_towards_the_maximum() -> None:
    backoff = Backoff(0.5, 30.0, random.Random(1))
    delays = [backoff.next() for _ in range(200)]
    assert delays[0] <= 1.5
    assert max(delays) == 30.0


def test_reset_starts_with_short_delays_again() -> None:
    backoff = Backoff(0.5, 30.0, random.Random(1))
    for _ in range(50):
        backoff.next()
    backoff.reset()
    assert backoff.next() <= 1.5


def test_two_devices_do_not_return_together() -> None:
    one, other = (Backoff(0.5, 30.0, random.Random(seed)) for seed in (1, 2))
    assert [one.next() for _ in range(5)] != [other.next() for _ in range(5)]


@pytest.mark.parametrize("bounds", [(0, 1), (2, 1), (-1, 1)])
def test_impossible_bounds_are_refused(bounds: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="minimum"):
        Backoff(*bounds, random.Random())
