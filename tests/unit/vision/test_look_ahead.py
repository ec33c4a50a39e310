"""Faces as their mean over the frames around them."""

import weakref

import numpy as np
import pytest

from visaged.vision.look_ahead import look_ahead


class Picture:
    """Something that one can tell whether it is still held."""


@pytest.fixture
def smooth(made_vision):
    def run(faces, reach):
        return [faces for _, faces in look_ahead(enumerate(faces), reach, made_vision.face_model)]

    return run


def yaws(frames, number=1):
    return [face.pose.yaw for faces in frames for face in faces if face.id == number]


@pytest.mark.parametrize("reach", [1, 2, 5, 40])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 7])
def test_every_frame_comes_out_once_and_in_order(made_vision, look_at, reach, count):
    frames = [(index, [look_at(yaw=index)]) for index in range(count)]
    assert [index for index, _ in look_ahead(iter(frames), reach, made_vision.face_model)] == list(range(count))


def test_a_face_is_its_mean_over_the_frames_around_it(smooth, look_at):
    found = smooth([[look_at(x=x)] for x in (100, 100, 106, 100, 100)], 1)
    expected = [look_at(x=x) for x in (100, 102, 102, 102, 100)]
    for (face,), wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(face.landmarks, wanted.landmarks, atol=0.01)


@pytest.mark.parametrize("reach", [1, 3, 10])
def test_an_even_movement_stays_what_it_is_up_to_its_ends(smooth, look_at, reach):
    frames = [[look_at(yaw=4 * index, x=100 + 5 * index, roi=(40, 40, 240, 240))] for index in range(12)]
    for (face,), (wanted,) in zip(smooth(frames, reach), frames, strict=True):
        assert face.pose.yaw == pytest.approx(wanted.pose.yaw, abs=1e-3)
        np.testing.assert_allclose(face.landmarks, wanted.landmarks, atol=0.05)


def test_a_half_turn_in_the_picture_does_not_wrap_around(smooth, look_at):
    found = smooth([[look_at(roll=roll)] for roll in (178, 179, -179, -178, -177)], 2)
    rolls = [face.pose.roll for (face,) in found]
    assert [roll % 360 for roll in rolls] == pytest.approx([178, 179.333, 180.6, 182.0, 183], abs=0.5)


def test_landmarks_pose_and_parameters_go_on_describing_one_face(smooth, look_at, made_vision):
    frames = [[look_at(yaw=9 * i * (i % 2), x=100 + 7 * i, size=60 + i, coefficient=0.1 * i)] for i in range(8)]
    for faces, (measured,) in zip(smooth(frames, 2), frames, strict=True):
        (face,) = faces
        fit = made_vision.face_model.refit(face.params, face.roi)
        np.testing.assert_array_equal(face.landmarks, fit.landmarks)
        assert (face.box, face.pose.quaternion, face.roi) == (fit.box, fit.pose.quaternion, measured.roi)


def test_faces_do_not_mix(smooth, look_at):
    frames = [[look_at(id=1, yaw=-30), look_at(id=2, yaw=30, x=300)][:: 1 if i % 2 else -1] for i in range(6)]
    found = smooth(frames, 2)
    assert yaws(found, 1) == pytest.approx([-30] * 6, abs=1e-3)
    assert yaws(found, 2) == pytest.approx([30] * 6, abs=1e-3)


@pytest.mark.parametrize("gap", [[], [{"valid": False}], [{"id": 0}]])
def test_what_lies_behind_a_break_does_not_count(smooth, look_at, gap):
    between = [look_at(yaw=80, **change) for change in gap]
    frames = [*[[look_at(yaw=0)]] * 4, between, *[[look_at(yaw=40)]] * 4]
    found = smooth(frames, 3)
    assert found[4] == between
    assert yaws([*found[:4], *found[5:]]) == pytest.approx([0] * 4 + [40] * 4, abs=1e-3)


def test_a_face_that_comes_or_goes_leaves_the_others_alone(smooth, look_at):
    frames = [[look_at(id=1, yaw=10)], [look_at(id=1, yaw=10), look_at(id=2, yaw=-50, x=300)], [look_at(id=1, yaw=10)]]
    found = smooth(frames, 1)
    assert yaws(found, 1) == pytest.approx([10] * 3, abs=1e-3)
    assert yaws(found, 2) == pytest.approx([-50], abs=1e-3)


def test_no_more_frames_are_held_than_are_looked_ahead(made_vision, look_at):
    alive = weakref.WeakSet()
    most = 0

    def pictures():
        for _ in range(20):
            picture = Picture()
            alive.add(picture)
            yield picture, [look_at()]

    for item, _ in look_ahead(pictures(), 3, made_vision.face_model):
        del item
        most = max(most, len(alive))
    assert most <= 3 + 1


def test_it_reads_no_further_ahead_than_it_must(made_vision, look_at):
    read = []
    frames = ((read.append(index) or index, [look_at()]) for index in range(100))
    next(look_ahead(frames, 4, made_vision.face_model))
    assert read == list(range(5))
