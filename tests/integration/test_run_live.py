"""``visaged run`` on cameras and streams that are missing, stall or end."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from made.camera import http_camera
from made.waiting import eventually
from visaged.mqtt.codec import decode

STATUS = "visaged/cam/status"


@pytest.fixture
def camera() -> Iterator[str]:
    with http_camera() as address:
        yield address


def states(listener: Any) -> list[tuple[str, str | None]]:
    """State and reason as published, oldest first."""
    messages = [decode(payload) for payload in listener.of(STATUS)]
    return [(message["state"], message["reason"]) for message in messages]


def test_a_missing_camera_is_a_state_that_is_retried_until_a_signal(broker: Any, listen: Any, daemon: Any) -> None:
    listener = listen(broker)
    one = daemon(broker.port, "--source", "/dev/video99", mqtt__health_interval_s=0.2)
    assert eventually(lambda: one.warnings and states(listener)), one.err
    assert eventually(lambda: len(listener.of("visaged/cam/health")) >= 3)
    assert one.running
    state, reason = states(listener)[-1]
    assert state == "degraded" and reason is not None and reason.startswith("there is no camera /dev/video99")
    assert one.warnings == [f"No frames: {reason}."]
    assert listener.of("visaged/cam/pose") == []
    assert one.end() < 2
    assert (one.wait(), one.out, len(one.sentences)) == (0, "", 1)
    assert eventually(lambda: states(listener)[-1] == ("stopped", "received SIGTERM"))


def test_a_stream_that_ends_is_opened_again(broker: Any, listen: Any, daemon: Any, camera: str) -> None:
    listener = listen(broker)
    one = daemon(broker.port, "--source", f"{camera}/ends")
    assert eventually(lambda: [state for state, _ in states(listener)].count("online") >= 2, 30), one.err
    reasons = [reason for state, reason in states(listener) if state == "degraded" and reason != "starting"]
    assert reasons and reasons[0].endswith("/ends has ended")
    assert "secret" not in one.err and not any(b"secret" in message.payload for message in listener.messages)
    assert one.end() < 2


def test_a_stream_stops_after_max_frames(broker: Any, daemon: Any, camera: str) -> None:
    one = daemon(broker.port, "--source", f"{camera}/endless", "--max-frames", "5")
    assert one.wait() == 0
    assert one.sentences[0].startswith("visaged: 5 frames in ")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stream_that_stalls_does_not_hold_up_the_end(
    broker: Any, listen: Any, daemon: Any, camera: str, how: signal.Signals
) -> None:
    listener = listen(broker)
    one = stalled(daemon, broker, listener, camera)
    assert one.end(how) < 2
    assert (one.wait(), len(one.sentences)) == (0, 1)
    assert eventually(lambda: states(listener)[-1] == ("stopped", f"received {how.name}"))


def test_neither_does_one_with_a_broker_that_hangs(broker: Any, listen: Any, daemon: Any, camera: str) -> None:
    one = stalled(daemon, broker, listen(broker), camera)
    broker.pause()
    assert one.end() < 2
    assert (one.wait(), len(one.sentences)) == (0, 1)


def stalled(daemon: Any, broker: Any, listener: Any, camera: str) -> Any:
    """A daemon that sits in a read of a camera that says nothing any more."""
    one = daemon(broker.port, "--source", f"{camera}/stalls")
    assert eventually(lambda: len(listener.of("visaged/cam/pose")) > 5, 30), one.err
    time.sleep(0.7)
    return one
