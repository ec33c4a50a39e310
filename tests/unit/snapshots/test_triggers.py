"""Which faces are taken when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from visaged.snapshots.settings import TriggerSettings
from visaged.snapshots.triggers import Triggers
from visaged.values import Face

MakeFace = Callable[..., Face]


def taken(triggers: Triggers, now: float, *faces: Face) -> list[tuple[int, str]]:
    return [(face.id, trigger) for face, trigger in triggers.due(faces, now)]


def made(**settings: Any) -> Triggers:
    return Triggers(TriggerSettings(**settings))


def test_nothing_is_taken_unless_asked_for(make_face: MakeFace) -> None:
    triggers = made()
    assert not any(taken(triggers, now, make_face(id=now, yaw=89, confidence=0)) for now in range(1, 9))


def test_a_face_that_appears_is_taken_once(make_face: MakeFace) -> None:
    triggers = made(on_appeared=True, min_gap_s=0.0)
    assert taken(triggers, 0, make_face(id=1)) == [(1, "face_appeared")]
    assert taken(triggers, 1, make_face(id=1)) == []
    assert taken(triggers, 2, make_face(id=1), make_face(id=2)) == [(2, "face_appeared")]


def test_a_face_that_is_not_valid_yet_is_taken_when_it_is(make_face: MakeFace) -> None:
    triggers = made(on_appeared=True)
    assert taken(triggers, 0, make_face(id=1, valid=False, reason="low_confidence")) == []
    assert taken(triggers, 1, make_face(id=1)) == [(1, "face_appeared")]


def test_a_face_that_appears_too_early_is_taken_when_the_gap_is_over(make_face: MakeFace) -> None:
    triggers = made(on_appeared=True, min_gap_s=5.0)
    assert taken(triggers, 0, make_face(id=1)) == [(1, "face_appeared")]
    assert taken(triggers, 4.9, make_face(id=2)) == []
    assert taken(triggers, 5, make_face(id=2)) == [(2, "face_appeared")]


def test_faces_that_appear_together_are_taken_together(make_face: MakeFace) -> None:
    assert len(taken(made(on_appeared=True), 0, make_face(id=1), make_face(id=2))) == 2


def test_every_angle_either_way_counts_as_pose(make_face: MakeFace) -> None:
    for angles in ({"yaw": 41}, {"yaw": -41}, {"pitch": -41}, {"roll": 41}):
        assert taken(made(pose_limit=40.0), 0, make_face(id=1, **angles)) == [(1, "pose_limit")]
    assert taken(made(pose_limit=40.0), 0, make_face(id=1, yaw=39)) == []


def test_a_face_that_hovers_at_the_limit_is_taken_once_and_again_after_it_came_back(make_face: MakeFace) -> None:
    triggers = made(pose_limit=40.0, min_gap_s=0.0)
    yaws = [41, 39, 41, 36, 45, 34, 41, 41]
    assert [now for now, yaw in enumerate(yaws) if taken(triggers, now, make_face(id=1, yaw=yaw))] == [0, 6]


def test_confidence_that_falls_is_taken_once_even_where_the_face_is_not_valid(make_face: MakeFace) -> None:
    triggers = made(confidence_limit=0.5, min_gap_s=0.0)
    values = [0.9, 0.4, 0.3, 0.52, 0.4, 0.6, 0.4]
    faces = [make_face(id=1, confidence=value, valid=value > 0.5, reason="low_confidence") for value in values]
    assert [now for now, face in enumerate(faces) if taken(triggers, now, face)] == [1, 6]


def test_the_interval_takes_all_valid_faces_and_waits_for_one(make_face: MakeFace) -> None:
    triggers = made(interval_s=10.0)
    one, two = make_face(id=1), make_face(id=2)
    doubted = make_face(id=3, valid=False, reason="too_small")
    assert taken(triggers, 0, doubted) == []
    assert taken(triggers, 3, one, two, doubted) == [(1, "interval"), (2, "interval")]
    assert taken(triggers, 12.9, one) == []
    assert taken(triggers, 13, one) == [(1, "interval")]


def test_a_face_with_two_reasons_is_taken_once_for_both(make_face: MakeFace) -> None:
    triggers = made(on_appeared=True, pose_limit=40.0, min_gap_s=0.0)
    assert taken(triggers, 0, make_face(id=1, yaw=50)) == [(1, "face_appeared")]
    assert taken(triggers, 1, make_face(id=1, yaw=50)) == []


def test_faces_that_are_not_tracked_or_just_lost_are_not_taken(make_face: MakeFace) -> None:
    triggers = made(on_appeared=True, confidence_limit=0.9, interval_s=0.1)
    assert taken(triggers, 0, make_face(id=0, confidence=0.1, valid=False, reason="upside_down")) == []
    assert taken(triggers, 1, make_face(id=4, confidence=0.1, valid=False, reason="tracking_lost")) == []


@given(st.lists(st.tuples(st.floats(0, 0.2), st.floats(-90, 90), st.floats(0, 1)), max_size=60), st.floats(0.5, 5))
def test_one_trigger_never_fires_twice_within_the_gap(
    make_face: MakeFace, frames: list[tuple[float, float, float]], gap: float
) -> None:
    triggers = made(on_appeared=True, pose_limit=30.0, confidence_limit=0.5, min_gap_s=gap)
    now, last = 0.0, dict[str, float]()
    for number, (step, yaw, confidence) in enumerate(frames):
        now += step
        for _, trigger in taken(triggers, now, make_face(id=1 + number // 7, yaw=yaw, confidence=confidence)):
            assert now - last.get(trigger, -99.0) >= gap
            last[trigger] = now
