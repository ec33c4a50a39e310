"""What a new configuration is compared with: how it has been going without it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from visaged.remote.desired import Terms, read_desired
from visaged.remote.gates import CAMERA_PATIENCE_S, Before, Signs
from visaged.remote.history import LONGEST_START_S, START_S, History
from visaged.remote.ledger import DEVICE
from visaged.remote.service import Remote

WELL, UNKNOWN = Before(20.0, 5.0, camera=True, broker=True), Before(None, None, camera=False, broker=False)


def history(*seconds: float, fps: int = 20) -> History:
    """Of a camera that was opened at 0 and looked at then."""
    one = History(0.0)
    for second in seconds:
        one.add(Signs(second, int(second * fps), 5.0, None if fps else "gone", None))
    return one


def test_it_says_how_it_went() -> None:
    assert history().before() == UNKNOWN
    one = history(*range(30))
    assert one.before() == WELL
    one.add(Signs(31.0, 0, None, "gone", "gone"))
    assert one.before() == UNKNOWN


def test_what_is_new_is_compared_with_what_has_been_going_for_a_while() -> None:
    assert not history(0.0, 1.0).is_telling(1.0)
    assert history(0.0, 1.0, 2.0).is_telling(START_S)


def test_a_camera_that_has_been_away_for_long_is_waited_for_no_longer() -> None:
    one = history(*range(20), fps=0)
    assert not one.is_telling(LONGEST_START_S - 1.0) and one.is_telling(LONGEST_START_S)
    one = history(*range(20))
    for second in range(20, 30):
        one.add(Signs(float(second), 380, 5.0, "gone", None))
    assert not one.is_telling(30.0) and one.is_telling(19.0 + LONGEST_START_S)


def test_while_nobody_looks_nothing_is_known() -> None:
    one = history(0.0, 1.0, 2.0, 40.0)
    assert not one.before().camera and not one.is_telling(40.0)
    for second in (41.0, 42.0):
        one.add(Signs(second, int(second * 20), 5.0, None, None))
    assert one.before() == WELL and one.is_telling(42.0)


@pytest.fixture
def ask(host: Any, remote: Remote, tmp_path: Path) -> Callable[[int], None]:
    """``ask(version)``: a patch comes."""

    def receive(version: int) -> None:
        data = b"version = %d\ndetect.size = %d\n" % (version, 128 + 32 * version)
        remote.receive(DEVICE, data, read_desired(data, DEVICE, Terms("cam", tmp_path, "")))

    return receive


def test_what_comes_right_after_a_trial_is_compared_with_what_that_has_proved(
    host: Any, remote: Remote, ask: Callable[[int], None]
) -> None:
    ask(1)
    while remote.is_on_trial:
        remote.attend()
    assert host.reported[-1]["version"] == 1
    remote.attend()
    ask(2)
    host.camera = "gone"
    while remote.is_on_trial:
        remote.attend()
    assert host.reported[-1]["rejected"]["reason"] == f"frames: no frame came for {CAMERA_PATIENCE_S:.1f} s"


def test_what_comes_right_after_a_revert_waits_until_frames_flow_again(
    host: Any, remote: Remote, ask: Callable[[int], None]
) -> None:
    ask(1)
    while remote.is_on_trial:
        remote.attend()
    ask(2)
    host.camera = "gone"
    remote.revert("camera", "gone for 3.0 s")
    ask(3)
    for _ in range(5):
        remote.attend()
    assert not remote.is_on_trial and host.reported[-1]["waiting"]["version"] == 3
    host.camera = None
    remote.attend()
    remote.attend()
    assert remote.is_on_trial and host.reported[-1]["version"] == 3


def test_a_device_without_a_camera_is_configured_all_the_same(
    host: Any, remote: Remote, ask: Callable[[int], None]
) -> None:
    host.camera, host.now = "none", time.monotonic()
    ask(1)
    for _ in range(int(LONGEST_START_S) - 2):
        remote.attend()
        assert not remote.is_on_trial
    remote.attend()
    assert remote.is_on_trial
    while remote.is_on_trial:
        remote.attend()
    assert (host.reported[-1]["state"], host.reported[-1]["version"]) == ("committed", 1)
    ask(2)
    assert remote.is_on_trial
