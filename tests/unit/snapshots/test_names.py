"""The names of a snapshot's files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.snapshots import names

NAME = "snapshot-00000123-20261122T184308.972Z-face3"


def test_a_name_says_number_capture_and_face() -> None:
    assert names.make(123, 1795372988.972, 3) == NAME
    assert names.number(NAME) == 123
    assert names.utc(NAME) == 1795372988.0


@pytest.mark.parametrize("ending", names.ENDINGS)
def test_what_is_made_is_recognised(ending: str) -> None:
    assert names.split(NAME + ending) == (NAME, ending)
    assert names.is_temporary(names.temporary(NAME + ending))
    assert names.split(names.temporary(NAME + ending)) is None


@pytest.mark.parametrize(
    "file",
    [
        "",
        NAME,
        f"{NAME}.txt",
        f"{NAME}.json.json",
        f"x{NAME}.json",
        f"{NAME}.json\n",
        f"../{NAME}.json",
        "snapshot-1-20261122T184308.972Z-face3.json",
        "snapshot-0000012٣-20261122T184308.972Z-face3.json",
        f".{NAME}.json",
        ".part",
    ],
)
def test_what_is_not_ours_is_not_recognised(file: str) -> None:
    assert names.split(file) is None and not names.is_temporary(file)


@given(st.lists(st.tuples(st.integers(1, 10**12 - 1), st.floats(0, 4e9), st.integers(0, 10**9)), max_size=20))
def test_names_sort_by_number_whatever_the_clock_says(made: list[tuple[int, float, int]]) -> None:
    by_age = sorted((names.make(*one) for one in made), key=names.age)
    assert [names.number(name) for name in by_age] == sorted(number for number, _, _ in made)


@given(st.integers(0, 4 * 10**9))
def test_a_name_says_when_it_was_captured(utc: int) -> None:
    assert names.utc(names.make(1, utc + 0.5, 1)) == utc


def test_a_capture_that_is_no_date_is_not_known() -> None:
    assert names.utc("snapshot-00000001-20269999T999999.000Z-face1") == 0.0
