"""The One-Euro filter: what it must keep, and what it is for."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from visaged.vision.one_euro import OneEuro, PointsSpeed, RotationFilter, low_pass
from visaged.vision.rotations import difference, matrix, product, turned

NEUTRAL = (1.0, 0.0, 0.0, 0.0)
USUAL = OneEuro(1.5, 0.035, 1.0)
FRAME_S = 0.04

settings = st.builds(OneEuro, st.floats(0.01, 100), st.floats(0, 10), st.floats(0.01, 100))
steps = st.floats(1e-4, 0.5)
turns = st.tuples(*[st.floats(-1, 1)] * 3)


def around(axis, degrees):
    return turned(NEUTRAL, tuple(math.radians(degrees) * v for v in axis))


def apart(a, b):
    return math.degrees(math.hypot(*difference(a, b)))


def filtered(measured, filter_settings=USUAL, dt=FRAME_S):
    rotation = RotationFilter(filter_settings, measured[0])
    return [measured[0], *(rotation.update(q, dt) for q in measured[1:])]


@given(settings, turns, st.lists(steps, min_size=1, max_size=10))
def test_what_does_not_move_stays(filter_settings, turn, times):
    q = turned(NEUTRAL, turn)
    rotation = RotationFilter(filter_settings, q)
    assert all(apart(rotation.update(q, dt), q) < 1e-6 for dt in times)


@given(settings, st.lists(turns, min_size=2, max_size=10), turns, st.floats(0.001, 0.4))
def test_turning_the_camera_turns_the_result_and_nothing_else(filter_settings, way, frame, dt):
    measured = [turned(NEUTRAL, turn) for turn in way]
    assume(
        all(apart(a, b) < 150 for a in measured for b in measured)
    )  # which way is shorter must not be a matter of digits
    frame = turned(NEUTRAL, frame)
    expected = [product(frame, q) for q in filtered(measured, filter_settings, dt)]
    found = filtered([product(frame, q) for q in measured], filter_settings, dt)
    assert all(apart(a, b) < 1e-4 for a, b in zip(expected, found, strict=True))


@given(settings, st.lists(st.tuples(turns, steps), min_size=1, max_size=20))
def test_the_result_is_always_a_rotation_with_w_not_negative(filter_settings, way):
    rotation = RotationFilter(filter_settings, NEUTRAL)
    for turn, dt in way:
        q = rotation.update(turned(NEUTRAL, tuple(3 * v for v in turn)), dt)
        assert q[0] >= 0
        np.testing.assert_allclose(np.array(matrix(q)) @ np.array(matrix(q)).T, np.eye(3), atol=1e-9)


@given(settings, st.lists(st.tuples(turns, steps), min_size=1, max_size=20))
def test_the_result_lies_between_the_last_one_and_what_was_measured(filter_settings, way):
    rotation = RotationFilter(filter_settings, NEUTRAL)
    for turn, dt in way:
        before, measured = rotation.value, turned(NEUTRAL, turn)
        after = rotation.update(measured, dt)
        assert apart(before, after) + apart(after, measured) == pytest.approx(apart(before, measured), abs=1e-5)


@pytest.mark.parametrize("axis", [(1, 0, 0), (0, 1, 0), (0, 0, 1)])
def test_nothing_jumps_where_angles_wrap_around(axis):
    result = filtered([around(axis, 4 * frame) for frame in range(180)])
    moves = [apart(a, b) for a, b in pairwise(result)]
    assert max(moves) < 4.5
    assert min(moves[20:]) > 3.5


def test_noise_at_rest_becomes_less_than_a_third():
    random = np.random.default_rng(5)
    measured = [turned(NEUTRAL, tuple(random.normal(0, 0.005, 3).tolist())) for _ in range(300)]

    def jitter(rotations):
        steps = [difference(a, b) for a, b in pairwise(rotations)]
        return np.sqrt(np.mean(np.square(np.diff(steps, axis=0))))

    assert jitter(filtered(measured)) < jitter(measured) / 3


def test_a_larger_beta_is_sooner_there():
    turn = [around((0, 1, 0), angle) for angle in (0, 10, 20, 30, 30)]
    slow, quick = (filtered(turn, OneEuro(1.5, beta, 1.0)) for beta in (0.0, 0.1))
    assert apart(quick[-1], turn[-1]) < apart(slow[-1], turn[-1]) / 3


def test_without_beta_it_is_a_low_pass_with_the_stated_cutoff():
    dt, cutoff_hz = 0.001, 2.0
    seconds = np.arange(4000) * dt
    measured = [around((0, 1, 0), 10 * math.sin(2 * math.pi * cutoff_hz * t)) for t in seconds]
    result = filtered(measured, OneEuro(cutoff_hz, 0.0, 1.0), dt)
    amplitude = max(apart(NEUTRAL, q) for q in result[2000:])
    assert amplitude == pytest.approx(10 / math.sqrt(2), rel=0.02)


@given(st.floats(0.01, 1000), st.floats(1e-6, 100))
def test_a_share_lies_between_nothing_and_all(cutoff, dt):
    assert 0 < low_pass(cutoff, dt) < 1 + 1e-12
    assert low_pass(cutoff, dt) <= low_pass(2 * cutoff, dt)


def test_the_speed_of_points_is_counted_in_faces():
    way = np.random.default_rng(1).normal(size=(68, 2))
    small, large = PointsSpeed(USUAL), PointsSpeed(USUAL)
    for _ in range(3):
        assert small.share(way, 50.0, FRAME_S) == pytest.approx(large.share(way * 8, 400.0, FRAME_S))


def test_the_speed_of_points_is_their_root_mean_square():
    halves = OneEuro(1.0, 1.0, 1e9)  # the derivative as it is
    way = np.zeros((4, 2))
    way[0] = 3.0, 4.0
    speed = math.sqrt(25 / 4) / (10.0 * FRAME_S)
    assert PointsSpeed(halves).share(way, 10.0, FRAME_S) == pytest.approx(low_pass(1.0 + speed, FRAME_S))
