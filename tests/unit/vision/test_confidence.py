"""Evidence against a fit lowers the confidence in it, whatever the numbers are."""

import math
from dataclasses import astuple, fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.vision.confidence import Evidence, confidence, evidence

GOOD = Evidence(distortion=-3.0, resize=0.02, shift=0.01, shape=0.3, expression=0.5, presence=0.9)
AGAINST = ("distortion", "resize", "shift", "shape", "expression")
ROI = (0.0, 0.0, 100.0, 100.0)
LIMITS = Evidence(distortion=math.log(1e3), resize=3.0, shift=1.0, shape=10.0, expression=10.0, presence=1.0)

any_evidence = st.builds(Evidence, **{field.name: st.floats() for field in fields(Evidence)})
sane_evidence = st.builds(
    Evidence,
    distortion=st.floats(-7, 7),
    resize=st.floats(0, 3),
    shift=st.floats(0, 1),
    shape=st.floats(0, 10),
    expression=st.floats(0, 10),
    presence=st.floats(0, 1),
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


@pytest.mark.parametrize(("name", "value"), [("distortion", 1.0), ("resize", 1.5), ("shift", 0.5), ("shape", 4.0)])
def test_one_clear_sign_against_a_face_is_enough(name, value):
    assert confidence(GOOD) > 0.5
    assert confidence(replace(GOOD, **{name: value})) < 0.5


def test_a_fit_that_asks_for_the_region_it_was_given_wants_no_change(make_fit):
    found = evidence(make_fit(), ROI, ROI, 40, 0.7)
    assert (found.resize, found.shift, found.presence) == (0, 0, 0.7)


def test_moving_and_resizing_are_measured_in_sides_and_natural_logarithms(make_fit):
    found = evidence(make_fit(), ROI, (30.0, 40.0, 230.0, 240.0), 40, 0.0)
    assert found.resize == pytest.approx(math.log(2))
    assert found.shift == pytest.approx(1.0)
    half = evidence(make_fit(), ROI, (30.0, 40.0, 80.0, 90.0), 40, 0.0)
    assert half.resize == pytest.approx(math.log(2))
    assert half.shift == pytest.approx(math.hypot(5, 15) / 100)


def test_shape_and_expression_are_told_apart(make_fit):
    deviations = np.float32([2.0] * 40 + [3.0] * 10)
    found = evidence(make_fit(deviations=deviations), ROI, ROI, 40, 0.0)
    assert (found.shape, found.expression) == (4.0, 9.0)


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("distortion", [0.0, 1e-30, 1e30, math.inf])
@pytest.mark.parametrize("deviation", [0.0, 1e30, math.inf])
@pytest.mark.parametrize("wanted", [ROI, (5.0, 5.0, 5.0, 5.0), (1e30, 1e30, 2e30, 2e30)])
def test_every_piece_of_evidence_is_bounded(make_fit, distortion, deviation, wanted):
    fit = make_fit(distortion=distortion, deviations=np.full(50, deviation, np.float32))
    found = evidence(fit, ROI, wanted, 40, 1.0)
    assert all(abs(value) <= limit for value, limit in zip(astuple(found), astuple(LIMITS), strict=True))
