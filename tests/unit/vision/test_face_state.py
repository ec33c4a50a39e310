"""Faces as numbers that can be averaged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.vision import face_state
from visaged.vision.face_state import params_of, state_of
from visaged.vision.rotations import difference
from visaged.vision.smoothing import from_state

regions = st.tuples(st.floats(-500, 500), st.floats(-500, 500), st.floats(20, 900)).map(
    lambda at: (at[0], at[1], at[0] + at[2], at[1] + at[2])
)


def test_parameters_come_back_from_their_state(look_at):
    face = look_at(yaw=35, pitch=-12, roll=20, x=200, y=150)
    found = params_of(state_of(face, 120), face.roi, 120)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, face.params, rtol=1e-5, atol=1e-7)


@given(regions)
def test_whatever_region_parameters_are_for_the_landmarks_are_the_same(look_at, made_vision, roi):
    model = made_vision.face_model
    face = look_at(yaw=-20, x=120, y=130)
    fit = model.refit(params_of(state_of(face, 120), roi, 120), roi)
    np.testing.assert_allclose(fit.landmarks, face.landmarks, atol=0.01)
    assert np.degrees(np.linalg.norm(difference(fit.pose.quaternion, face.pose.quaternion))) < 1e-3


def test_a_face_in_another_region_has_the_same_state(look_at, made_vision):
    face = look_at(yaw=15, x=90, y=80)
    moved = look_at(yaw=15, x=90, y=80, roi=(10.0, -20.0, 210.0, 180.0))
    assert moved.roi != face.roi
    np.testing.assert_allclose(state_of(moved, 120).rest, state_of(face, 120).rest, rtol=1e-3, atol=1e-3)


def test_the_mean_of_one_state_is_itself(look_at, made_vision):
    face = look_at(yaw=15, x=90, y=80)
    state = face_state.mean([state_of(face, 120)] * 3)
    np.testing.assert_allclose(from_state(face, state, made_vision.face_model).landmarks, face.landmarks, atol=1e-3)


def test_a_head_that_turns_is_not_smaller_in_the_middle(look_at, made_vision):
    left, right = look_at(yaw=-40, x=100, y=100), look_at(yaw=40, x=100, y=100)
    middle = face_state.mean([state_of(left, 120), state_of(right, 120)])
    found = from_state(left, middle, made_vision.face_model)
    np.testing.assert_allclose(found.landmarks, look_at(yaw=0, x=100, y=100).landmarks, atol=0.01)
    assert found.pose.scale * (left.roi[2] - left.roi[0]) == pytest.approx(
        left.pose.scale * (left.roi[2] - left.roi[0]), rel=1e-5
    )
