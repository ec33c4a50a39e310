"""What is said of a tracker that is always right, and of one that is wrong in a known way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from measures.closed_loop import Moment, figures
from visaged.synthetic.camera import open_synthetic
from visaged.synthetic.truth import Truth
from visaged.values import Face

Change = Callable[[int, Face], Face | None]


@pytest.fixture(scope="module")
def truths(made_open_dir: Path) -> list[Truth]:
    """A minute of somebody."""
    camera = open_synthetic(3, models_dir=made_open_dir)
    return [camera.truth(index) for index in range(1500)]


@pytest.fixture
def found(truths: list[Truth], make_face: Callable[..., Face]) -> Callable[..., list[Moment]]:
    """``found(change)``: the minute seen by who knows the truth, but for what ``change(index, face)`` makes of it."""
    template = make_face()

    def see(change: Change = lambda _, face: face) -> list[Moment]:
        moments = []
        for truth in truths:
            face = replace(template, pose=truth.pose, eye_open=truth.eye_open, mouth_open=truth.mouth_open)
            moments.append(Moment(truth, change(truth.index, face) if truth.inside > 0 else None))
        return moments

    return see


def test_who_is_always_right_has_no_errors(found: Callable[..., list[Moment]]) -> None:
    said = figures([found()])
    assert (said["there"], said["nobody"], said["found_again"], said["pose_mae"]) == (1.0, 0.0, 0, 0.0)
    assert (said["eye_open_mae"], said["mouth_open_mae"]) == (0.0, 0.0)
    blinks = said["blinks"]
    assert (blinks["recall"], blinks["precision"], blinks["late"]) == (1.0, 1.0, 0)
    assert blinks["true"] >= 8


def test_a_pitch_that_is_off_by_three_degrees_is_a_third_of_that_on_average(found: Callable[..., list[Moment]]) -> None:
    said = figures([found(lambda _, face: replace(face, pose=replace(face.pose, pitch=face.pose.pitch + 3)))])
    assert said["pose_mae"] == pytest.approx(1.0)
    assert said["pose_bias"] == {"pitch": 3.0, "yaw": 0.0, "roll": 0.0}


def test_blinks_that_are_not_seen_are_not_recalled(found: Callable[..., list[Moment]]) -> None:
    blinks = figures([found(lambda _, face: replace(face, eye_open=(1.0, 1.0)))])["blinks"]
    assert (blinks["recall"], blinks["precision"], blinks["late"]) == (0.0, None, None)


def test_eyes_that_seem_shut_are_not_precise(found: Callable[..., list[Moment]], truths: list[Truth]) -> None:
    def twitch(index: int, face: Face) -> Face:
        alone = index % 50 == 0 and all(truth.eye_open[0] == 1 for truth in truths[max(index - 5, 0) : index + 5])
        return replace(face, eye_open=(0.0, 0.0)) if alone else face

    blinks = figures([found(twitch)])["blinks"]
    assert blinks["recall"] == 1.0
    assert 0.2 < blinks["precision"] < 0.8


def test_frames_until_who_came_back_is_seen_are_counted(
    found: Callable[..., list[Moment]], truths: list[Truth]
) -> None:
    back = next(
        index
        for index in range(1, 1500)
        if truths[index].inside >= 1
        and 0 < truths[index - 1].inside < 1
        and any(truth.inside == 0 for truth in truths[:index])
    )
    said = figures([found(lambda index, face: None if back - 20 < index < back + 7 else face)])
    assert said["found_again"] == 7
    assert said["there"] < 1.0


def test_a_face_where_nobody_is_counts(truths: list[Truth], make_face: Callable[..., Face]) -> None:
    assert figures([[Moment(truth, make_face()) for truth in truths]])["nobody"] == 1.0
