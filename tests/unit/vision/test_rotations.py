"""Rotations in plain numbers, against what they must satisfy and against the native core."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from visaged import _native
from visaged.mqtt import axes
from visaged.vision import rotations
from visaged.vision.rotations import difference, matrix, mean, product, turned

HALF_TURN = math.pi
components = st.floats(-1, 1)
vectors = st.tuples(components, components, components).map(np.array)


@st.composite
def quaternions(draw):
    q = np.array(draw(st.tuples(components, components, components, components)))
    assume(np.linalg.norm(q) > 0.1)
    return tuple((q / np.linalg.norm(q)).tolist())


def assert_same(a, b, degrees=1e-6):
    assert math.degrees(math.hypot(*difference(a, b))) < degrees


@given(quaternions(), quaternions())
def test_turning_by_the_difference_leads_there(a, b):
    assert_same(turned(a, difference(a, b)), b)


@given(quaternions(), quaternions())
def test_the_difference_is_the_shorter_way(a, b):
    assert math.hypot(*difference(a, b)) <= HALF_TURN + 1e-9


@given(quaternions(), quaternions())
def test_a_quaternion_and_its_negative_are_the_same_rotation(a, b):
    assert difference(a, tuple(-v for v in b)) == pytest.approx(difference(a, b), abs=1e-9) or (
        math.hypot(*difference(a, b)) > HALF_TURN - 1e-6
    )


@given(quaternions(), quaternions(), quaternions())
def test_the_difference_does_not_depend_on_where_the_axes_point(a, b, frame):
    assume(math.hypot(*difference(a, b)) < HALF_TURN - 1e-3)
    assert difference(product(frame, a), product(frame, b)) == pytest.approx(difference(a, b), abs=1e-6)


@given(quaternions(), vectors)
def test_what_was_turned_is_a_rotation_with_w_not_negative(a, way):
    q = turned(a, tuple((10 * way).tolist()))
    assert math.hypot(*q) == pytest.approx(1, abs=1e-12)
    assert q[0] >= 0
    np.testing.assert_allclose(np.array(matrix(q)) @ np.array(matrix(q)).T, np.eye(3), atol=1e-12)


@pytest.mark.parametrize("angle", [0.0, 1e-12, 1e-9, 1e-6])
def test_a_minute_turn_is_not_lost(angle):
    q = turned((1.0, 0.0, 0.0, 0.0), (0.0, angle, 0.0))
    assert difference((1.0, 0.0, 0.0, 0.0), q) == pytest.approx((0.0, angle, 0.0), rel=1e-6, abs=1e-18)


@given(st.floats(-89, 89), st.floats(-179, 179), st.floats(-179, 179))
def test_angles_are_those_of_the_axes_contract(yaw, pitch, roll):
    r = np.array(axes.rotation(yaw, pitch, roll))
    params = np.zeros(62, np.float32)
    params[:12] = np.column_stack([r, np.zeros(3)]).ravel()
    q = _native.pose(params)[1]
    pose = rotations.pose(q, 0.5)
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx((yaw, pitch, roll), abs=1e-2)
    np.testing.assert_allclose(pose.rotation, r, atol=1e-5)
    assert (pose.quaternion, pose.scale, pose.rotation.dtype) == (q, 0.5, np.float32)


@given(quaternions())
def test_a_pose_is_what_the_native_core_makes_of_its_rotation(q):
    pose = rotations.pose(turned(q, (0.0, 0.0, 0.0)), 1.0)
    params = np.zeros(62, np.float32)
    params[:12] = np.column_stack([pose.rotation, np.zeros(3)]).ravel()
    rotation, quaternion, (yaw, pitch, roll), _, _ = _native.pose(params)
    np.testing.assert_allclose(rotation, pose.rotation, atol=1e-6)
    assert_same(quaternion, pose.quaternion, degrees=1e-3)
    if math.cos(math.radians(pose.yaw)) > 0.01:
        found = np.radians([yaw - pose.yaw, pitch - pose.pitch, roll - pose.roll])
        np.testing.assert_allclose(np.cos(found), 1, atol=1e-6)


@pytest.mark.parametrize("yaw", [90.0, -90.0])
def test_at_a_full_profile_all_of_pitch_and_roll_is_called_pitch(yaw):
    q = turned((1.0, 0.0, 0.0, 0.0), (0.0, -math.radians(yaw), 0.0))
    pose = rotations.pose(q, 1.0)
    assert (abs(pose.yaw), pose.roll) == (pytest.approx(90.0, abs=1e-4), 0.0)


@given(quaternions(), st.integers(1, 5))
def test_the_mean_of_one_rotation_is_itself(q, count):
    assert_same(mean([q] * count), q)
    assert mean([q] * count)[0] >= 0


@given(quaternions(), vectors)
def test_the_mean_of_two_rotations_is_half_way(q, way):
    way = tuple((0.8 * way).tolist())
    assert_same(mean([turned(q, way), turned(q, tuple(-v for v in way))]), q)


@given(st.lists(st.tuples(vectors, st.booleans()), min_size=2, max_size=7), quaternions())
def test_the_mean_is_the_polar_factor_of_the_sum_of_the_matrices(ways, q):
    spread = [turned(q, tuple((0.7 * way).tolist())) for way, _ in ways]
    signed = [tuple(-v for v in each) if negative else each for each, (_, negative) in zip(spread, ways, strict=True)]
    left, _, right = np.linalg.svd(sum(np.array(matrix(each)) for each in spread))
    np.testing.assert_allclose(np.array(matrix(mean(signed))), left @ right, atol=1e-6)
