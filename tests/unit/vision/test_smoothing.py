"""Faces through One-Euro filters, frame by frame."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.vision import face_state
from visaged.vision.face_state import COEFFICIENTS, FaceState
from visaged.vision.one_euro import OneEuro, low_pass
from visaged.vision.rotations import difference
from visaged.vision.smoothing import (
    LONGEST_GAP_S,
    MOUTH_CUTOFF_HZ,
    PoseFilter,
    Smoother,
    WholeFaceFilter,
    from_state,
    size_of,
)

SETTINGS = OneEuro(1.5, 0.035, 1.0), OneEuro(1.5, 2.0, 1.0)
FRAME_S = 0.04


@pytest.fixture
def pose_smoother():
    return Smoother(partial(PoseFilter, SETTINGS[0]))


@pytest.fixture
def whole_smoother(made_vision):
    return Smoother(partial(WholeFaceFilter, *SETTINGS, made_vision.face_model))


@pytest.fixture(params=["pose", "whole"])
def smoother(request):
    return request.getfixturevalue(f"{request.param}_smoother")


def run(smoother, frames):
    """The faces of frames 40 ms apart, each with one face."""
    return [smoother.update([face], index * FRAME_S)[0] for index, face in enumerate(frames)]


def test_the_first_look_at_a_face_passes_as_it_is(smoother, look_at):
    face = look_at(yaw=10)
    assert smoother.update([face], 5.0) == [face]


def test_a_face_that_moves_follows_late(smoother, look_at):
    _, second = run(smoother, [look_at(yaw=0), look_at(yaw=10)])
    assert 0 < second.pose.yaw < 10


def test_a_face_at_rest_stays(smoother, look_at):
    face = look_at(yaw=25, pitch=-5, roll=10)
    last = run(smoother, [face] * 20)[-1]
    assert (last.pose.yaw, last.pose.pitch, last.pose.roll) == pytest.approx((25, -5, 10), abs=1e-3)
    np.testing.assert_allclose(last.landmarks, face.landmarks, atol=1e-2)


def test_only_the_pose_is_touched_where_only_it_is_smoothed(pose_smoother, look_at):
    second = look_at(yaw=10, x=120)
    smoothed = run(pose_smoother, [look_at(), second])[-1]
    assert smoothed.pose.yaw != second.pose.yaw
    assert smoothed.landmarks is second.landmarks and smoothed.params is second.params
    assert (smoothed.box, smoothed.roi, smoothed.id) == (second.box, second.roi, second.id)


def test_the_pose_is_the_same_whether_the_rest_is_smoothed_or_not(pose_smoother, whole_smoother, look_at):
    frames = [look_at(yaw=3 * index, x=100 + 2 * index) for index in range(10)]
    for a, b in zip(run(pose_smoother, frames), run(whole_smoother, frames), strict=True):
        assert math.degrees(math.hypot(*difference(a.pose.quaternion, b.pose.quaternion))) < 1e-3


def test_landmarks_pose_box_and_parameters_go_on_describing_one_face(whole_smoother, look_at, made_vision):
    frames = [look_at(yaw=5 * i, x=100 + 7 * i, size=60 + i, coefficient=0.1 * i) for i in range(8)]
    for face in run(whole_smoother, frames)[1:]:
        fit = made_vision.face_model.refit(face.params, face.roi)
        np.testing.assert_array_equal(face.landmarks, fit.landmarks)
        assert (face.box, face.pose.quaternion) == (fit.box, fit.pose.quaternion)


@pytest.fixture
def with_openings(look_at, made_vision):
    """``with_openings(left, right, mouth)``: a face that differs from the others by that, in model units."""
    face, model = look_at(), made_vision.face_model

    def make(*openings):
        state = face_state.state_of(face, model.size)
        rest = state.rest.copy()
        rest[COEFFICIENTS] = model.openings.opened(rest[COEFFICIENTS], np.array(openings))
        return from_state(face, FaceState(state.rotation, rest), model)

    return make


def openings_of(face, model):
    return model.openings.of(face.params[COEFFICIENTS].astype(float))


def test_a_blink_of_one_frame_shows_in_full(whole_smoother, with_openings, made_vision):
    model = made_vision.face_model
    awake, blink = with_openings(0, 0, 0), with_openings(-1, -2, 0)
    faces = run(whole_smoother, [awake, awake, blink, awake])
    for face, eyes in zip(faces[1:], ([0, 0], [-1, -2], [0, 0]), strict=True):
        np.testing.assert_allclose(openings_of(face, model)[:2], eyes, atol=1e-3)


def test_a_mouth_opens_sooner_than_the_low_pass_of_a_face_at_rest(whole_smoother, with_openings, made_vision):
    closed, opened = with_openings(0, 0, 0), with_openings(0, 0, 1)
    last = run(whole_smoother, [closed, opened])[-1]
    share = low_pass(MOUTH_CUTOFF_HZ, FRAME_S)
    assert openings_of(last, made_vision.face_model)[2] == pytest.approx(share, abs=1e-3)
    assert share > 2 * low_pass(SETTINGS[1].min_cutoff_hz, FRAME_S)


def test_a_mouth_is_not_later_than_a_face_that_moves(with_openings, made_vision):
    quick = OneEuro(30.0, 0.0, 1.0)
    smoother = Smoother(partial(WholeFaceFilter, quick, quick, made_vision.face_model))
    last = run(smoother, [with_openings(0, 0, 0), with_openings(0, 0, 1)])[-1]
    assert openings_of(last, made_vision.face_model)[2] == pytest.approx(low_pass(30.0, FRAME_S), abs=1e-3)


def test_a_region_that_jumps_around_a_face_at_rest_changes_nothing(whole_smoother, look_at):
    corners = (3.0, 9.0, -6.0, 0.0, 12.0, -3.0)
    frames = [look_at(roi=(40 + c, 40 - c, 160 + 2 * c, 160)) for c in corners]
    for face, frame in zip(run(whole_smoother, frames), frames, strict=True):
        assert face.roi == frame.roi
        np.testing.assert_allclose(face.landmarks, frames[0].landmarks, atol=0.01)


def test_a_small_face_is_smoothed_like_a_large_one(made_vision, look_at):
    way = [0, 1, 3, 7, 12, 14, 14]
    small, large = (
        run(
            Smoother(partial(WholeFaceFilter, *SETTINGS, made_vision.face_model)),
            [look_at(yaw=step, x=factor * (100 + step), y=factor * 100, size=factor * 60) for step in way],
        )
        for factor in (1, 5)
    )
    for a, b in zip(small, large, strict=True):
        np.testing.assert_allclose(5 * a.landmarks[:, :2], b.landmarks[:, :2], atol=0.02)
        assert 5 * size_of(a) == pytest.approx(size_of(b), rel=1e-4)


@pytest.mark.parametrize("change", [{"valid": False, "reason": "low_confidence"}, {"id": 0}])
def test_a_face_that_is_not_valid_or_not_tracked_passes_and_starts_anew(smoother, look_at, change):
    doubtful, back = look_at(yaw=30, **change), look_at(yaw=60)
    frames = run(smoother, [look_at(), look_at(), doubtful, back])
    assert frames[2:] == [doubtful, back]


def test_a_face_with_numbers_that_are_none_passes_and_does_no_harm(smoother, look_at):
    broken = look_at(box=(0.0, math.nan, 1.0, 1.0))
    frames = run(smoother, [look_at(), broken, look_at(yaw=5), look_at(yaw=5)])
    assert frames[1] is broken
    assert frames[3].pose.yaw == pytest.approx(5, abs=1e-3)


def test_a_track_that_has_ended_is_forgotten(smoother, look_at):
    smoother.update([look_at()], 0.0)
    smoother.update([], FRAME_S)
    back = look_at(yaw=40)
    assert smoother.update([back], 2 * FRAME_S) == [back]


@pytest.mark.parametrize("seconds", [1.0, 1.0 + 1e-9, 0.5, -3.0, 1.0 + LONGEST_GAP_S + 0.01, math.nan, math.inf])
def test_after_a_gap_or_where_time_does_not_go_on_a_face_starts_anew(smoother, look_at, seconds):
    smoother.update([look_at()], 1.0)
    later = look_at(yaw=40)
    assert smoother.update([later], seconds) == [later]


def test_smoothing_goes_on_after_time_has_jumped(smoother, look_at):
    for seconds in (1.0, math.nan, 7.0):
        smoother.update([look_at()], seconds)
    assert 0 < smoother.update([look_at(yaw=10)], 7.0 + FRAME_S)[0].pose.yaw < 10


def test_after_dropped_frames_more_of_the_way_is_gone(made_vision, look_at):
    found = []
    for dt in (FRAME_S, 4 * FRAME_S):
        smoother = Smoother(partial(PoseFilter, OneEuro(1.5, 0.0, 1.0)))
        smoother.update([look_at()], 0.0)
        found.append(smoother.update([look_at(yaw=10)], dt)[0].pose.yaw)
    assert found[0] < found[1]


def test_faces_do_not_mix_whatever_their_order(smoother, look_at):
    one, two = look_at(id=1, yaw=-30, x=100), look_at(id=2, yaw=30, x=300)
    for frame in range(10):
        faces = smoother.update([one, two] if frame % 2 else [two, one], frame * FRAME_S)
        assert [face.id for face in faces] == ([1, 2] if frame % 2 else [2, 1])
        for face in faces:
            assert face.pose.yaw == pytest.approx(-30 if face.id == 1 else 30, abs=1e-3)


@given(st.lists(st.tuples(st.booleans(), st.floats(), st.floats(-80, 80), st.floats()), max_size=8))
def test_whatever_the_times_and_boxes_a_valid_pose_stays_finite(look_at, made_vision, frames):
    smoother = Smoother(partial(WholeFaceFilter, *SETTINGS, made_vision.face_model))
    for valid, seconds, yaw, edge in frames:
        face = look_at(yaw=yaw, valid=valid)
        if not math.isfinite(edge):
            face = look_at(yaw=yaw, valid=valid, box=(edge, 0.0, 1.0, 1.0))
        (smoothed,) = smoother.update([face], seconds)
        assert math.isfinite(sum(smoothed.pose.quaternion))
        assert np.isfinite(smoothed.landmarks).all()
