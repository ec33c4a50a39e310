"""The daemon with cameras that fail: what it says, how soon, and that it comes back by itself."""

from __future__ import annotations

import signal
import time
from typing import Any

import pytest

from made.camera import http_camera
from made.cameras import Rpicam, Usb
from made.denying_server import DenyingServer
from made.incident import without_places
from made.waiting import eventually, is_running

PROMISED_S = 2.0
NOTICED_S = 2 * PROMISED_S
"""For a machine that is busy with other tests; what it was is printed."""

FAULTS = {
    "stall": ("stalled", "the camera rpicam:0 sends no pictures"),
    "stall deaf": ("stalled", "the camera rpicam:0 sends no pictures"),
    "hang": ("stalled", "the camera rpicam:0 sends no pictures"),
    "half": ("stalled", "the camera rpicam:0 sends no pictures"),
    "die": ("ended", "has ended: ERROR: *** no cameras available ***"),
    "freeze": ("frozen", "has sent the same picture for 1.5 s or more"),
    "black": ("black", "picture is black; is its lens covered, or is it dark?"),
    "slow": ("slow", "the camera gives far fewer than the 30 pictures a second it should"),
}

DONE = {
    "stall": "sends nothing any more",
    "stall deaf": "sends nothing any more, ignores SIGTERM",
    "hang": "hangs until it is started again",
    "half": "sends half a picture, then nothing",
    "die": "its program ends",
    "freeze": "sends the same picture again and again",
    "black": "sends black pictures",
    "slow": "sends 3 pictures a second instead of 30",
}
"""Each of them in words."""


def row(fault: str, lost: dict[str, Any], noticed_s: float, recovered_s: float) -> dict[str, Any]:
    """For the table of faults."""
    seen = [f"status: degraded ({without_places(lost['reason'])})", f"event: camera_lost ({lost['fault']})"]
    times = {"noticed_s": round(noticed_s, 2), "recovered_s": round(recovered_s, 2)}
    return {
        "fault": fault,
        "seen": seen,
        **times,
        "lost": {"frames": 0 if lost["frames"] else "of the time"},
    }


@pytest.fixture
def soon_s(thorough: bool) -> float:
    """Until a fault is noticed, and until it is over; the long form has the machine to itself."""
    return PROMISED_S if thorough else NOTICED_S


@pytest.mark.faults
@pytest.mark.parametrize("mode", FAULTS)
def test_each_fault_is_named_told_once_and_over_when_it_is_over(
    watch: Any, rpicam: Rpicam, record: Any, soon_s: float, mode: str
) -> None:
    fault, words = FAULTS[mode]
    one = watch("rpicam:0")
    rpicam.does(mode)
    noticed = one.seconds_until(lambda: one.events("camera_lost"))
    assert noticed < soon_s
    assert eventually(lambda: one.status[0] == "degraded" and one.status[1].endswith(words)), one.status
    lost = one.events("camera_lost")[0]
    assert (lost["fault"], lost["frames"]) == (fault, fault in ("black", "slow"))
    assert lost["reason"].endswith(words)
    time.sleep(1.0)
    assert one.is_publishing() == lost["frames"]
    rpicam.does("fine")
    restored = one.seconds_until(lambda: one.events("camera_restored"))
    assert restored < soon_s
    assert eventually(lambda: one.status == ("online", ""))
    assert one.is_publishing()
    assert len(one.events("camera_restored")) == 1, one.daemon.err
    (event,) = one.events("camera_restored")
    assert event["fault"] in (fault, "stalled") and event["downtime_s"] > 1
    record(row(f"Camera (rpicam-vid): {DONE[mode]}", one.events("camera_lost")[0], noticed, restored))
    assert len(one.daemon.warnings) == len(one.events("camera_lost")) <= 2, one.daemon.warnings


@pytest.mark.faults
def test_a_camera_that_is_plugged_in_again_under_another_number_is_found(
    watch: Any, usb: Usb, record: Any, soon_s: float
) -> None:
    one = watch(str(usb.name), source__retry_min_s=10, source__retry_max_s=20)
    usb.unplug()
    noticed = one.seconds_until(lambda: one.events("camera_lost"))
    assert eventually(lambda: one.status[1].startswith("there is no camera ") or "unplugged" in one.status[1])
    time.sleep(1.0)
    usb.plug()
    before = one.poses
    restored = one.seconds_until(lambda: one.poses > before)
    record(row("Camera (USB): unplugged for 1 s", one.events("camera_lost")[0], noticed, restored))
    assert noticed < soon_s and restored < soon_s
    assert eventually(lambda: one.events("camera_restored") and one.status == ("online", ""))
    assert {event["fault"] for event in one.events("camera_lost")} == {"gone"}


def test_a_network_camera_that_was_switched_off_is_back_when_it_is(watch: Any) -> None:
    with http_camera() as address:
        one = watch(f"{address}/endless", source__retry_min_s=10, source__retry_max_s=20)
    noticed = one.seconds_until(lambda: one.events("camera_lost"))
    assert one.events("camera_lost")[0]["fault"] in ("ended", "stalled")
    assert "secret" not in one.daemon.err
    time.sleep(2.0)
    before = one.poses
    with http_camera(int(address.rpartition(":")[2])):
        restored = one.seconds_until(lambda: one.poses > before)
    print(f"switched off: noticed after {noticed:.2f} s, publishing {restored:.2f} s after it is back")
    assert noticed < NOTICED_S and restored < 2 * NOTICED_S


def test_a_stream_that_its_server_did_not_have_is_back_when_it_has(watch: Any) -> None:
    with http_camera() as address:
        one = watch(f"{address}/endless")
    port = int(address.rpartition(":")[2])
    with DenyingServer(b"HTTP/1.1 404 Not Found\r\n\r\n", port=port) as server:
        assert eventually(lambda: "the server answers 404 Not Found" in one.status[1]), one.status
        asked = len(server.asked)
        time.sleep(3.0)
        assert 1 <= len(server.asked) - asked <= 4
    before = one.poses
    with http_camera(port):
        restored = one.seconds_until(lambda: one.poses > before)
    print(f"not found: publishing {restored:.2f} s after it is back")
    assert restored < NOTICED_S


@pytest.mark.parametrize("mode", ["stall", "lie"])
def test_the_end_does_not_wait_for_a_camera_that_hangs(watch: Any, usb: Usb, mode: str) -> None:
    one = watch(str(usb.name))
    usb.does(mode)
    time.sleep(0.3)
    seconds = one.daemon.end()
    print(f"{mode}: ended after {seconds:.2f} s")
    assert seconds < NOTICED_S
    assert one.daemon.wait() == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_of_a_deaf_camera_program_outlives_the_daemon(watch: Any, rpicam: Rpicam, how: signal.Signals) -> None:
    one = watch("rpicam:0")
    rpicam.does("stall deaf")
    time.sleep(0.3)
    assert one.daemon.end(how) < NOTICED_S

    def left() -> list[int]:
        return [pid for pid in rpicam.pids if is_running(pid)]

    assert eventually(lambda: not left(), 3), left()
