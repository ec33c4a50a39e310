"""A process that sends damaged pictures faster than they can be looked at, and how long a picture is waited for."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator

import pytest

from visaged.sources.base import SourceLostError
from visaged.sources.child import Child
from visaged.sources.faults import Trouble
from visaged.sources.fork_server import Forked
from visaged.sources.packets import Label
from visaged.sources.settings import CameraSettings
from visaged.sources.supervised import Labelled, SupervisedCamera, patience_s

DAMAGED = bytes(200)
FLOOD = """
import os, sys
packet = bytes.fromhex(sys.argv[1])
while True:
    os.write(1, packet * 4000)
"""
STALLED_S = 1.0


@pytest.fixture
def flooded() -> Iterator[SupervisedCamera]:
    packet = Label("MJPG", 640, 480, 0, len(DAMAGED), 0, 0.0, 30.0).pack() + DAMAGED
    settings = CameraSettings(stall_timeout_s=STALLED_S, open_timeout_s=5.0)
    child = Child(
        Forked("visaged.sources.program", {"command": [sys.executable, "-I", "-S", "-c", FLOOD, packet.hex()]})
    )
    camera = SupervisedCamera("the camera", child, Labelled(), settings, explain=lambda words: Trouble("ended", words))
    yield camera
    camera.close()


def test_it_is_lost_in_time(flooded: SupervisedCamera) -> None:
    began = time.monotonic()
    with pytest.raises(SourceLostError, match="sends only damaged pictures"):
        flooded.read()
    assert time.monotonic() - began < STALLED_S + 2


def test_it_can_be_interrupted(flooded: SupervisedCamera) -> None:
    threading.Timer(0.3, flooded.interrupt).start()
    began = time.monotonic()
    with pytest.raises(SourceLostError):
        flooded.read()
    assert time.monotonic() - began < STALLED_S - 0.2


@pytest.mark.parametrize(
    ("stall_timeout_s", "fps", "expected"), [(1.5, 30.0, 1.5), (1.5, 0.5, 6.0), (1.5, 0.02, 20.0), (20.0, None, 20.0)]
)
def test_a_slow_camera_gets_three_periods_but_never_more_than_the_watchdog_has_patience_for(
    stall_timeout_s: float, fps: float | None, expected: float
) -> None:
    assert patience_s(stall_timeout_s, fps) == expected
