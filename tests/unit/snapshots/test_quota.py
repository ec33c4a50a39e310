"""Which snapshots go: the oldest, and as few as possible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.snapshots.quota import CLOCK_WAS_SET, Stored, displaced, too_old
from visaged.snapshots.settings import Limits

STORED = st.lists(st.integers(1, 50), max_size=30).map(
    lambda sizes: [Stored(str(number), size, 0.0) for number, size in enumerate(sizes)]
)


def limits(**changes: float) -> Limits:
    return Limits(**({"max_bytes": 100, "max_count": 10, "max_age_s": 0.0, "min_free_bytes": 0} | changes))  # type: ignore[arg-type]  # numbers all


@given(STORED, st.integers(1, 100), st.integers(1, 20))
def test_as_few_as_possible_of_the_oldest_go_and_then_the_limits_hold(
    stored: list[Stored], new: int, most: int
) -> None:
    gone = displaced(stored, limits(max_count=most), new)
    assert gone == stored[: len(gone)]

    def fits(kept: list[Stored]) -> bool:
        return sum(one.size for one in kept) + new <= 100 and len(kept) + 1 <= most

    assert fits(stored[len(gone) :])
    assert not gone or not fits(stored[len(gone) - 1 :])


def test_one_that_would_not_fit_into_an_empty_folder_removes_nothing() -> None:
    with pytest.raises(ValueError, match="101 bytes are more than the 100"):
        displaced([Stored("a", 50, 0.0)], limits(), 101)


def test_those_beyond_the_age_limit_are_too_old() -> None:
    now = CLOCK_WAS_SET + 1000
    stored = [Stored(str(age), 1, now - age) for age in (61, 60, 59, -10)]
    assert [one.name for one in too_old(stored, limits(max_age_s=60), now)] == ["61"]
    assert too_old(stored, limits(), now) == []


def test_a_board_whose_clock_was_not_set_does_not_lose_its_pictures_when_it_is() -> None:
    assert too_old([Stored("a", 1, 12.0)], limits(max_age_s=60), CLOCK_WAS_SET + 1e6) == []
