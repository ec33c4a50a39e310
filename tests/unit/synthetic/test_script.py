"""What happens in every minute, whoever's it is."""

from __future__ import annotations

import numpy as np
import pytest

from visaged.synthetic.script import DARK, MINUTE, OUTSIDE, Minute, Moment

FPS = 50
SCRIPTS = [(seed, number) for seed in range(4) for number in range(3)]


@pytest.fixture(params=SCRIPTS, ids=str)
def moments(request: pytest.FixtureRequest) -> list[Moment]:
    minute = Minute(*request.param)
    return [minute.at(n / FPS) for n in range(round(MINUTE * FPS))]


def stretches(happening: list[bool]) -> list[int]:
    """How many frames each lasts."""
    edges = np.flatnonzero(np.diff([0, *map(int, happening), 0]))
    return (edges[1::2] - edges[::2]).tolist()


def test_it_begins_and_ends_at_rest(moments: list[Moment]) -> None:
    for moment in (moments[0], moments[-1]):
        assert moment.size == 1
        assert not any((moment.yaw, moment.pitch, moment.roll, moment.x, moment.y, moment.lids, moment.jaw))


def test_the_head_turns_nods_and_tilts_to_both_sides(moments: list[Moment]) -> None:
    for angle, least in (("yaw", 18), ("pitch", 7), ("roll", 9)):
        values = [getattr(moment, angle) for moment in moments]
        assert max(values) > least
        assert min(values) < -least


def test_eyes_blink_for_a_tenth_to_four_tenths_of_a_second_and_once_for_longer(moments: list[Moment]) -> None:
    seconds = sorted(frames / FPS for frames in stretches([moment.lids > 0.05 for moment in moments]))
    assert len(seconds) >= 8
    assert 1.0 <= seconds[-1] <= 3.0
    assert all(0.1 <= duration <= 0.44 for duration in seconds[:-1])


def test_the_mouth_yawns_once(moments: list[Moment]) -> None:
    assert len(stretches([moment.jaw > 0.5 for moment in moments])) == 1
    assert 0.85 <= max(moment.jaw for moment in moments) <= 1


def test_the_person_is_away_once_for_a_second_or_more(moments: list[Moment]) -> None:
    (away,) = stretches([abs(moment.x) > OUTSIDE - 0.001 for moment in moments])
    assert away >= FPS


def test_it_gets_dark_once(moments: list[Moment]) -> None:
    (dark,) = stretches([moment.light.ambient <= DARK + 0.001 for moment in moments])
    assert dark >= 2 * FPS


def test_another_minute_and_another_seed_are_different() -> None:
    yaws = [[minute.at(t).yaw for t in range(60)] for minute in (Minute(1, 0), Minute(1, 1), Minute(2, 0))]
    assert yaws[0] != yaws[1] != yaws[2] != yaws[0]
