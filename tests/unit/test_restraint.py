"""Leaving frames out."""

import pytest

from visaged.restraint import Restraint


def admitted(divisor, frames, took=0.005, interval=1 / 30):
    """How many of so many frames are processed, each of which takes ``took`` seconds; late ones wait for nobody."""
    restraint, now, free, done, pending = Restraint(), 0.0, 0.0, 0, 0
    restraint.divisor = divisor
    for index in range(frames):
        now = index * interval
        if now < free:
            pending += 1
        elif restraint.admits(pending, now):
            restraint.done(now, now + took)
            free, done, pending = now + took, done + 1, 0
        else:
            pending = 0
    return done


@pytest.mark.parametrize("divisor", [1, 2, 3, 5])
def test_one_of_so_many_is_processed(divisor):
    assert admitted(divisor, 300) == pytest.approx(300 / divisor, abs=1)


@pytest.mark.parametrize("divisor", [2, 3, 5])
def test_a_pipeline_that_cannot_keep_up_rests_as_much(divisor):
    assert admitted(divisor, 3000, took=0.1) == pytest.approx(admitted(1, 3000, took=0.1) / divisor, rel=0.3)
