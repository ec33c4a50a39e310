"""Outages as events, and what is asked of a camera."""

from __future__ import annotations

from visaged.capturing import Outage, camera_settings
from visaged.config.schema import SourceSection
from visaged.sources.faults import Trouble
from visaged.sources.settings import CameraSettings

STALLED, GONE, BLACK = Trouble("stalled", "no picture"), Trouble("gone", "no camera"), Trouble("black", "all black")


def test_an_outage_is_two_events_the_second_with_its_length() -> None:
    outage = Outage()
    assert outage.events(STALLED, 10.0) == [
        ("camera_lost", {"fault": "stalled", "reason": "no picture", "frames": False})
    ]
    restored = {"fault": "stalled", "reason": "no picture", "downtime_s": 2.5}
    assert outage.events(None, 12.5) == [("camera_restored", restored)]


def test_what_goes_on_otherwise_is_one_event_for_each_fault_and_one_downtime() -> None:
    outage = Outage()
    outage.events(STALLED, 10.0)
    assert outage.events(Trouble("stalled", "in other words"), 11.0) == []
    assert [name for name, _ in outage.events(GONE, 12.0)] == ["camera_lost"]
    ((name, details),) = outage.events(None, 20.0)
    assert (name, details["fault"], details["downtime_s"]) == ("camera_restored", "gone", 10.0)


def test_with_a_black_picture_frames_go_on() -> None:
    ((_, details),) = Outage().events(BLACK, 0.0)
    assert details["frames"]


def test_the_first_frame_of_all_is_no_event() -> None:
    assert Outage().events(None, 0.0) == []


def test_every_wish_to_a_camera_is_a_key() -> None:
    assert camera_settings(SourceSection()) == CameraSettings()
    assert camera_settings(SourceSection(width=640, height=480, gain=2.0)).gain == 2.0
