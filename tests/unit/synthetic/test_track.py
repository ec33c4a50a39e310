"""Numbers that move as muscles do."""

from __future__ import annotations

import numpy as np
import pytest

from visaged.synthetic.track import Track


def test_it_keeps_its_value_before_between_and_after_movements() -> None:
    track = Track(3.0)
    track.move(1.0, 1.0, 5.0)
    track.move(4.0, 1.0, 4.0)
    assert [track.at(t) for t in (0.0, 1.0, 2.0, 3.0, 5.0, 99.0)] == [3.0, 3.0, 5.0, 5.0, 4.0, 4.0]


def test_it_is_halfway_at_half_time_and_starts_and_ends_softly() -> None:
    track = Track()
    track.move(0.0, 1.0, 1.0)
    assert track.at(0.5) == pytest.approx(0.5)
    assert track.at(0.1) < 0.01
    assert track.at(0.9) > 0.99


def test_a_movement_waits_for_the_one_before() -> None:
    track = Track()
    track.move(0.0, 2.0, 1.0)
    assert track.move(1.0, 1.0, 0.0) == 3.0
    assert track.at(2.0) == 1.0


def test_a_movement_without_duration_is_a_jump() -> None:
    track = Track(-1.0)
    track.move(2.0, 0.0, 1.0)
    track.move(3.0, 1.0, 0.0)
    assert [track.at(t) for t in (1.999, 2.0, 3.0)] == [-1.0, 1.0, 1.0]


def test_there_and_back_ends_where_it_began() -> None:
    track = Track(7.0)
    end = track.there_and_back(np.random.default_rng(1), 1.0, 9.0, (0.5, 0.5), (1.0, 1.0))
    assert end == 3.0
    assert (track.at(2.0), track.at(end)) == (9.0, 7.0)


def test_wandering_ends_at_home_in_time_and_was_elsewhere() -> None:
    track = Track(2.0)
    assert track.wander(np.random.default_rng(1), 20.0, 0.5, (1.0, 2.0)) == pytest.approx(20.0)
    assert track.at(20.0) == 2.0
    assert max(abs(track.at(t) - 2.0) for t in range(20)) > 0.1
