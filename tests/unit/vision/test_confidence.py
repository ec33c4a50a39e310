"""Evidence against a fit lowers the confidence in it, whatever the numbers are."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple, fields, replace

from visaged.vision.candidates import Presence
from visaged.vision.confidence import (
    TYPICAL_DISAGREEMENT,
    USUAL_EXPRESSION,
    USUAL_SHAPE,
    Evidence,
    confidence,
    evidence,
)

GOOD = Evidence(distortion=-3.0, resize=0.02, shift=0.01, deviation=0.5, presence=0.9, disagreement=0.03)
AGAINST = ("distortion", "resize", "shift", "deviation", "disagreement")
UNSEEN = Presence(0.0)
ROI = (0.0, 0.0, 100.0, 100.0)
LIMITS = Evidence(
    distortion=math.log(1e3), resize=3.0, shift=1.0, deviation=10.0 / USUAL_SHAPE, presence=1.0, disagreement=1.0
)

any_evidence = st.builds(Evidence, **{field.name: st.floats() for field in fields(Evidence)})
sane_evidence = st.builds(
    Evidence,
    distortion=st.floats(-7, 7),
    resize=st.floats(0, 3),
    shift=st.floats(0, 1),
    deviation=st.floats(0, 10),
    presence=st.floats(0, 1),
    disagreement=st.floats(0, 1),
)
unlike = st.floats(0, 5)


@given(any_evidence)
def test_confidence_is_a_probability_whatever_the_evidence(found):
    assert 0.0 <= confidence(found) <= 1.0


@given(any_evidence, st.sampled_from([field.name for field in fields(Evidence)]))
def test_evidence_that_is_no_number_is_no_confidence(found, name):
    assert confidence(replace(found, **{name: math.nan})) == 0


@given(sane_evidence, st.sampled_from(AGAINST), unlike)
def test_what_speaks_against_a_face_never_raises_the_confidence(found, name, more):
    worse = replace(found, **{name: getattr(found, name) + more})
    assert confidence(worse) <= confidence(found)


@given(sane_evidence, unlike)
def test_what_the_detector_sees_never_lowers_the_confidence(found, more):
    assert confidence(replace(found, presence=found.presence + more)) >= confidence(found)


CLEAR_SIGNS = [
    ("distortion", 1.0),
    ("resize", 1.5),
    ("shift", 0.5),
    ("deviation", 10.0),
    ("presence", 0.1),
    ("disagreement", 0.3),
]


@pytest.mark.parametrize(("name", "value"), CLEAR_SIGNS)
def test_one_clear_sign_against_a_face_is_enough(name, value):
    assert confidence(GOOD) > 0.5
    assert confidence(replace(GOOD, **{name: value})) < 0.5


@given(sane_evidence)
def test_no_fit_makes_up_for_a_face_that_the_detector_does_not_see(found):
    assert confidence(replace(found, presence=0.0)) < 0.25


@pytest.mark.parametrize(("name", "value"), CLEAR_SIGNS[:4])
def test_no_detection_makes_up_for_a_bad_fit(name, value):
    assert confidence(replace(GOOD, **{name: value}, presence=1.0, disagreement=0.0)) < 0.5


@given(any_evidence, st.floats())
def test_confidence_is_a_probability_whatever_the_network_says(found, presence):
    assert 0.0 <= confidence(found, presence) <= 1.0


@given(sane_evidence, st.floats(0, 1))
def test_what_the_network_says_takes_the_place_of_what_the_detector_sees(found, presence):
    others = replace(found, presence=1 - found.presence, disagreement=1 - found.disagreement)
    assert confidence(found, presence) == confidence(others, presence) <= presence


@pytest.mark.parametrize(("name", "value"), CLEAR_SIGNS[:3])
def test_no_presence_makes_up_for_a_bad_fit(name, value):
    assert confidence(GOOD, 1.0) > 0.9
    assert confidence(replace(GOOD, **{name: value}), 1.0) < 0.5


def test_an_unusual_face_counts_for_a_network_that_says_whether_there_is_one():
    assert confidence(replace(GOOD, deviation=10.0), 1.0) == confidence(GOOD, 1.0)


def test_a_fit_that_asks_for_the_region_it_was_given_wants_no_change(make_fit):
    found = evidence(make_fit(), ROI, ROI, 40, Presence(0.7))
    assert (found.resize, found.shift, found.presence) == (0, 0, 0.7)


def test_moving_and_resizing_are_measured_in_sides_and_natural_logarithms(make_fit):
    found = evidence(make_fit(), ROI, (30.0, 40.0, 230.0, 240.0), 40, UNSEEN)
    assert found.resize == pytest.approx(math.log(2))
    assert found.shift == pytest.approx(1.0)
    half = evidence(make_fit(), ROI, (30.0, 40.0, 80.0, 90.0), 40, UNSEEN)
    assert half.resize == pytest.approx(math.log(2))
    assert half.shift == pytest.approx(math.hypot(5, 15) / 100)


@pytest.mark.parametrize(
    ("shape", "expression", "expected"), [(1.0, 1.0, 1 / USUAL_SHAPE), (0.1, 2.0, 4 / USUAL_EXPRESSION)]
)
def test_of_shape_and_expression_the_less_usual_counts(make_fit, shape, expression, expected):
    deviations = np.float32([shape] * 40 + [expression] * 10)
    found = evidence(make_fit(deviations=deviations), ROI, ROI, 40, UNSEEN)
    assert found.deviation == pytest.approx(expected)


@pytest.mark.parametrize(("told", "expected"), [(None, TYPICAL_DISAGREEMENT), (0.0, 0.0), (0.2, 0.2)])
def test_a_detector_without_points_disagrees_as_is_typical(make_fit, told, expected):
    assert evidence(make_fit(), ROI, ROI, 40, Presence(0.9, told)).disagreement == expected


def test_a_face_that_is_upside_down_is_not_present(make_fit):
    assert evidence(make_fit(), ROI, ROI, 40, Presence(0.9, upside_down=True)).presence == 0


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("distortion", [0.0, 1e-30, 1e30, math.inf])
@pytest.mark.parametrize("deviation", [0.0, 1e30, math.inf])
@pytest.mark.parametrize("wanted", [ROI, (5.0, 5.0, 5.0, 5.0), (1e30, 1e30, 2e30, 2e30)])
@pytest.mark.parametrize("disagreement", [0.0, 1e30, math.inf])
def test_every_piece_of_evidence_is_bounded(make_fit, distortion, deviation, wanted, disagreement):
    fit = make_fit(distortion=distortion, deviations=np.full(50, deviation, np.float32))
    found = evidence(fit, ROI, wanted, 40, Presence(1.0, disagreement))
    assert all(abs(value) <= limit for value, limit in zip(astuple(found), astuple(LIMITS), strict=True))
