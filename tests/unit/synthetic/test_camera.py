"""The synthetic camera: the same for the same seed, with its truth beside every frame."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from visaged.mqtt import axes
from visaged.synthetic.camera import SyntheticCamera
from visaged.synthetic.script import Minute
from visaged.synthetic.truth import Truth, truth_report
from visaged.vision.roi import roi_around

Opened = Callable[..., SyntheticCamera]


@pytest.fixture(scope="module")
def camera(opened: Opened) -> SyntheticCamera:
    return opened(1)


@pytest.fixture(scope="module")
def minute(camera: SyntheticCamera) -> list[Truth]:
    return [camera.truth(index) for index in range(1500)]


def test_frames_come_one_after_the_other_at_the_usual_size_and_rate(opened: Opened) -> None:
    with opened(1) as camera:
        frames = [camera.read() for _ in range(3)]
    assert [(frame.index, frame.t) for frame in frames] == [(0, 0.0), (1, 0.04), (2, 0.08)]
    assert {frame.image.shape for frame in frames} == {(480, 640, 3)}
    assert (camera.fps, camera.name, camera.frame_count, camera.live) == (25.0, "synthetic:1", None, False)


@pytest.mark.parametrize(("width", "height"), [(320, 240), (480, 640), (1, 1), (33, 7)])
def test_frames_have_the_size_that_is_asked_for(opened: Opened, width: int, height: int) -> None:
    assert opened(1, width=width, height=height).read().image.shape == (height, width, 3)


def test_the_same_seed_gives_the_same_frames_in_any_order(opened: Opened) -> None:
    one, other = opened(7), opened(7)
    backwards = {index: other.picture(index) for index in (3000, 40, 2, 1, 0)}
    for index, picture in backwards.items():
        assert_array_equal(one.picture(index), picture)


def test_another_seed_is_another_person_in_another_room(opened: Opened) -> None:
    assert (opened(1).picture(0) != opened(2).picture(0)).mean() > 0.5


def test_no_two_frames_have_the_same_noise(camera: SyntheticCamera) -> None:
    assert (camera.picture(0)[:40] != camera.picture(1)[:40]).mean() > 0.5


def test_the_pose_is_that_of_the_script(camera: SyntheticCamera, minute: list[Truth]) -> None:
    script = Minute(1, 0)
    for truth in minute[::50]:
        moment = script.at(truth.t)
        assert_allclose(truth.pose.rotation, axes.rotation(moment.yaw, moment.pitch, moment.roll), atol=1e-5)
        assert (truth.eye_open[0], truth.mouth_open) == (1 - moment.lids, moment.jaw)


def test_the_landmarks_lie_on_the_face_that_is_drawn(opened: Opened) -> None:
    camera = opened(4)
    for index in (0, 300, 900):
        truth, picture = camera.truth(index), camera.picture(index).astype(int)
        x, y = truth.landmarks[30, :2].round().astype(int)
        blue, _, red = picture[y, x]
        assert red > blue + 15  # skin, which is the only thing of its colour


def test_the_region_is_the_one_that_the_landmarks_ask_for(minute: list[Truth]) -> None:
    for truth in minute[::100]:
        assert_allclose(truth.roi, roi_around(truth.box), atol=0.1)


def test_the_person_is_inside_away_and_in_between(minute: list[Truth]) -> None:
    inside = np.array([truth.inside for truth in minute])
    assert inside[0] == inside[-1] == 1
    assert (inside == 0).sum() >= 25
    assert ((inside > 0) & (inside < 1)).sum() >= 5


def test_an_eye_that_is_turned_away_is_not_seen(minute: list[Truth]) -> None:
    assert all(truth.eye_seen == (True, True) for truth in minute if abs(truth.pose.yaw) < 40)


def test_the_script_goes_on_after_the_first_minute(camera: SyntheticCamera) -> None:
    assert {camera.truth(index).pose.yaw for index in range(1500, 3000, 25)} != {0.0}


def test_the_report_has_the_names_that_are_given_to_what_is_found(minute: list[Truth]) -> None:
    report = truth_report(minute[100])
    assert {"box", "roi", "pose", "eye_open", "mouth_open", "landmarks", "params", "inside", "light"} <= set(report)
    assert set(report["pose"]) == {"yaw", "pitch", "roll", "quaternion"}
    assert (len(report["landmarks"]), len(report["params"])) == (68, 62)
