"""How far eyes and mouth are open: said by a network, measured on landmarks, or not known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from visaged.mqtt import axes
from visaged.vision.openness import EYE, MOUTH, Openness, openness, turned_away
from visaged.vision.signals import Signals, signals_of

SAYS = Signals(presence=0.9, eye_open=(0.7, 0.2), eye_seen=(0.9, 0.8), mouth_open=0.1)
RIGHT_EYE, LEFT_EYE, LIPS = 36, 42, 60
AWAY = 60


@pytest.fixture(scope="module")
def turned(make_fit):
    """``turned(yaw=..., pitch=..., roll=..., **changes)``: a fit to a head that is turned."""

    def make(yaw=0, pitch=0, roll=0, **changes):
        rotation = np.array(axes.rotation(yaw, pitch, roll), np.float32)
        return make_fit(rotation=rotation, yaw=yaw, pitch=pitch, roll=roll, **changes)

    return make


def landmarks(left, right, mouth):
    """68 landmarks of a frontal face whose eyes and mouth have these aspect ratios."""
    points = np.zeros((68, 3), np.float32)
    for first, ratio in ((RIGHT_EYE, right), (LEFT_EYE, left)):
        points[first : first + 6, :2] = [
            (0, 0),
            (10, -15 * ratio),
            (20, -15 * ratio),
            (30, 0),
            (20, 15 * ratio),
            (10, 15 * ratio),
        ]
    half = 20 * mouth
    points[LIPS:, :2] = [(0, 0), (10, -half), (20, -half), (30, -half), (40, 0), (30, half), (20, half), (10, half)]
    return points


def between(closed, opened, share):
    return closed + share * (opened - closed)


def test_the_numbers_of_a_network_are_taken_in_their_order():
    found = signals_of(np.arange(6, dtype=np.float32))
    assert found == Signals(presence=0, eye_open=(1, 2), eye_seen=(3, 4), mouth_open=5)


def test_what_the_network_says_is_passed_on(turned):
    assert openness(turned(), SAYS, valid=True) == Openness((0.7, 0.2), 0.1, "network")


@pytest.mark.parametrize(
    ("seen", "eyes"), [((0.49, 0.5), (None, 0.2)), ((1, 0), (0.7, None)), ((0, math.nan), (None, None))]
)
def test_an_eye_that_is_hidden_is_not_known(turned, seen, eyes):
    assert openness(turned(), replace(SAYS, eye_seen=seen), valid=True).eye_open == eyes


@pytest.mark.parametrize("rubbish", [math.nan, math.inf, -math.inf, -0.1, 1.1])
def test_what_no_opening_can_be_is_not_known(turned, rubbish):
    said = replace(SAYS, eye_open=(rubbish, 0.3), mouth_open=rubbish)
    assert openness(turned(), said, valid=True) == Openness((None, 0.3), None, "network")


@pytest.mark.parametrize("signals", [SAYS, None])
@pytest.mark.parametrize(
    ("yaw", "known"), [(0, (True, True)), (40, (True, True)), (AWAY, (True, False)), (-AWAY, (False, True))]
)
def test_the_eye_that_a_turned_head_hides_is_not_known(turned, signals, yaw, known):
    # A nose that points to the left edge of the picture (yaw above 0) hides the person's own right eye.
    fit = turned(yaw, landmarks=landmarks(0.28, 0.28, 0.1))
    told = openness(fit, signals, valid=True)
    assert tuple(opening is not None for opening in told.eye_open) == known
    assert told.mouth_open is not None


@pytest.mark.parametrize("roll", [-80, -30, 30, 80])
@pytest.mark.parametrize("pitch", [-30, 0, 30])
def test_nodding_and_leaning_hide_no_eye(turned, pitch, roll):
    assert turned_away(turned(0, pitch, roll).pose) == (False, False)


def test_a_head_that_lies_on_its_side_is_turned_by_nodding(turned):
    assert turned_away(turned(0, AWAY, 90).pose) in [(True, False), (False, True)]
    assert turned_away(turned(AWAY, 0, 90).pose) == (False, False)


@pytest.mark.parametrize("signals", [SAYS, None])
def test_of_a_face_that_is_not_valid_nothing_is_known(turned, signals):
    told = openness(turned(landmarks=landmarks(0.28, 0.28, 0.1)), signals, valid=False)
    assert told[:2] == ((None, None), None)


def test_without_signals_openings_are_aspect_ratios_between_shut_and_open(turned):
    points = landmarks(between(*EYE, 0.75), between(*EYE, 0.25), between(*MOUTH, 0.5))
    (left, right), mouth, source = openness(turned(landmarks=points), None, valid=True)
    assert (left, right, mouth) == pytest.approx((0.75, 0.25, 0.5), abs=1e-4)
    assert source == "landmarks"


@pytest.mark.parametrize(("ratios", "expected"), [((0, 0, 0), 0), ((1, 1, 2), 1)])
def test_openings_stay_between_0_and_1(turned, ratios, expected):
    (left, right), mouth, _ = openness(turned(landmarks=landmarks(*ratios)), None, valid=True)
    assert left == right == mouth == expected


def test_openings_of_landmarks_that_are_one_point_are_not_known(turned):
    assert openness(turned(), None, valid=True)[:2] == ((None, None), None)


@given(st.tuples(*[st.floats(-35, 35)] * 3))
def test_turning_the_landmarks_does_not_open_or_shut_anything(turned, angles):
    points = landmarks(between(*EYE, 0.6), between(*EYE, 0.3), between(*MOUTH, 0.2))
    upwards = np.array((1, -1, 1), np.float32)
    moved = (points * upwards @ np.array(axes.rotation(*angles), np.float32).T) * upwards * 3 + 100
    (left, right), mouth, _ = openness(turned(*angles, landmarks=moved), None, valid=True)
    assert (left, right, mouth) == pytest.approx((0.6, 0.3, 0.2), abs=0.02)
