"""Cameras that stay away for long: back as soon as after a moment, and not waited for at a high price."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from made.camera import http_camera
from made.cameras import Rpicam, Usb
from made.daemon import MOST_IDLE
from made.denying_server import DenyingServer
from made.incident import without_places
from made.silent_camera import SilentCamera
from made.waiting import eventually
from made.watched import SHIPPED, Watched
from visaged.config.schema import SourceSection

PROMISED_S = 2.0

A_TRY_S = 0.5
"""What a program that costs as much to start as the one in the place of rpicam-vid may be late by."""

USUAL = SHIPPED | {"inference.threads": 0}

LONG = {
    "die": "Camera (rpicam-vid): there is none",
    "hang": "Camera (rpicam-vid): hangs whenever it is started",
    "in use": "Camera (USB): another program reads it",
    "unplugged": "Camera (USB): unplugged",
    "off": "Camera (network): switched off",
    "silent": "Camera (network): takes connections and says nothing",
    "busy": "Camera (network): its server is busy (503)",
    "empty": "Camera (network): sends something that is no video",
    "unknown": "Camera (network): its server does not know the stream (404)",
    "denied": "Camera (network): its server takes the password for wrong (401)",
}
"""What keeps a camera away."""


ANSWERS = {
    "busy": b"HTTP/1.1 503 Service Unavailable\r\n\r\n",
    "empty": b"HTTP/1.1 200 OK\r\n\r\nnothing",
    "unknown": b"HTTP/1.1 404 Not Found\r\n\r\n",
    "denied": b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="camera"\r\nContent-Length: 0\r\n\r\n',
}
"""What a server says instead of sending pictures."""


def only_long(*whys: str) -> list[Any]:
    """These are not in the short form."""
    return [pytest.param(why, marks=pytest.mark.thorough) for why in whys]


class Away:
    """A camera that stays away for a while, and is tried as often as with the delays that are shipped."""

    def __init__(self, one: Watched, thorough: bool) -> None:
        assert eventually(lambda: one.events("camera_lost"), 20)
        self._one = one
        self._thorough = thorough
        self._for_s = 40.0 if thorough else 10.0  # a quarter of which would be too long
        self._shares = [one.daemon.share_of_a_core(self._for_s / 2) for _ in range(2)]
        self._poses = one.poses

    def ends(self, why: str, record: Any) -> None:
        """It is well from now on: how soon there are poses, and what waiting for it has cost."""
        state, reason = self._one.status
        back_s = self._one.seconds_until(lambda: self._one.poses > self._poses)
        assert eventually(lambda: self._one.status == ("online", ""))
        first, second = (f"{100 * share:.1f} %" for share in self._shares)
        cost = f"of a core {first} are used in the first half of the time, {second} in the second"
        seen = [f"status: {state} ({without_places(reason)})", cost]
        times = {"noticed_s": None, "recovered_s": round(back_s, 2)}
        fault = f"{LONG[why]}, for {self._for_s:g} s"
        record({"fault": fault, "seen": seen, **times, "lost": {"frames": "of the time"}})
        if why == "denied":
            assert back_s <= SourceSection().retry_max_s + A_TRY_S  # so that the camera does not lock itself
        else:
            assert back_s <= (PROMISED_S + A_TRY_S if self._thorough else 2 * PROMISED_S)
        assert not self._thorough or self._shares[1] <= MOST_IDLE  # other tests take what the caches hold


@pytest.mark.faults
@pytest.mark.real_machine
@pytest.mark.parametrize("mode", ["die", "hang"])
def test_a_ribbon_camera_that_was_away_for_long_is_back_as_soon(
    watch: Any, rpicam: Rpicam, thorough: bool, record: Any, mode: str
) -> None:
    one = watch("rpicam:0", **USUAL)
    rpicam.does(mode)
    away = Away(one, thorough)
    rpicam.does("fine")
    away.ends(mode, record)


@pytest.mark.faults
@pytest.mark.real_machine
@pytest.mark.parametrize("why", ["in use", *only_long("unplugged")])
def test_a_usb_camera_that_was_away_for_long_is_back_as_soon(
    watch: Any, usb: Usb, thorough: bool, record: Any, why: str
) -> None:
    one = watch(str(usb.name), **USUAL)
    usb.unplug()
    assert eventually(lambda: one.events("camera_lost"), 20)
    if why == "in use":
        usb.plug("busy")
    away = Away(one, thorough)
    if why == "in use":
        usb.does("fine")
    else:
        usb.plug()
    away.ends(why, record)


@pytest.mark.faults
@pytest.mark.real_machine
@pytest.mark.parametrize("why", ["silent", "busy", *only_long("off", "empty", "unknown", "denied")])
def test_a_network_camera_that_was_away_for_long_is_back_as_soon(
    watch: Any, thorough: bool, record: Any, why: str
) -> None:
    with http_camera() as address:
        one = watch(f"{address}/endless", **USUAL)
    port = int(address.rpartition(":")[2])
    other = {"silent": SilentCamera, "off": lambda _: nullcontext()}
    with other.get(why, lambda port: DenyingServer(ANSWERS[why], port=port))(port):
        away = Away(one, thorough)
    with http_camera(port):
        away.ends(why, record)
