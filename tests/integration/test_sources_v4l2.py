"""A USB camera, read by a process of its own: what is negotiated, and what is noticed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from made.cameras import Usb, lost_when
from visaged.sources.base import SourceLostError
from visaged.sources.opener import open_source
from visaged.sources.settings import CameraSettings
from visaged.sources.supervised import SupervisedCamera
from visaged.values import Frame


def frames(usb: Usb, count: int = 1, **wishes: float) -> list[Frame]:
    with open_source(str(usb.name), CameraSettings(**wishes)) as source:  # type: ignore[arg-type]  # ints are given
        return [frame for _ in range(count) if (frame := source.read())]


def refusal(usb: Usb, **wishes: float) -> tuple[str, str]:
    with pytest.raises(SourceLostError) as caught:
        frames(usb, **wishes)
    trouble = caught.value.trouble
    assert "\n" not in trouble.reason
    return trouble.fault, trouble.reason.replace(str(usb.name), "CAM")


def log(tmp_path: Path) -> list[str]:
    return (tmp_path / "log").read_text().splitlines()


def test_a_small_picture_comes_raw_and_a_large_one_as_jpeg(usb: Usb, tmp_path: Path) -> None:
    assert frames(usb)[0].image.shape == (480, 640, 3)
    assert frames(usb, width=1280, height=720)[0].image.shape == (720, 1280, 3)
    assert [line for line in log(tmp_path) if line[0] in "YM"] == ["YUYV 640", "MJPG 1280"]


def test_frames_are_newest_first_and_stamped_by_the_driver(usb: Usb) -> None:
    with open_source(str(usb.name)) as source:
        first = source.read()
        time.sleep(0.5)
        for _ in range(3):
            late = source.read()
        assert first and late
        assert late.index - first.index > 3  # more frames were taken than were read
        assert 0 <= time.monotonic() - late.mono < 0.5 and abs(late.utc - time.time()) < 1
        assert source.fps == 30


def test_rate_exposure_and_gain_are_set_and_given_back_to_the_camera(usb: Usb, tmp_path: Path) -> None:
    frames(usb, fps=15, exposure_ms=8, gain=40)
    assert log(tmp_path)[1:] == ["fps 15", "auto 1", "exposure 80", "priority 0", "gain 40"]
    frames(usb)
    assert log(tmp_path)[6:] == ["YUYV 640", "auto 3", "priority 3"]


def test_what_it_does_not_offer_is_said_with_what_it_offers(usb: Usb) -> None:
    assert refusal(usb, width=1000, height=700) == (
        "unsupported",
        "the camera CAM offers no 1000 x 700 (source.width, source.height) but 640 x 480, 1280 x 720",
    )
    assert refusal(usb, fps=60) == (
        "unsupported",
        "the camera CAM gives at 640 x 480 no 60 pictures a second but 15, 30",
    )
    assert refusal(usb, exposure_ms=501) == (
        "unsupported",
        "the camera CAM cannot set source.exposure_ms to 501, only between 0.1 and 500",
    )
    assert refusal(usb, gain=300)[1].endswith("cannot set source.gain to 300, only between 0 and 255")


def test_a_camera_with_sizes_in_steps_takes_any_of_them_and_names_the_next(
    usb: Usb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_V4L2_STEPS", "yes")
    assert frames(usb)[0].image.shape == (480, 640, 3)
    assert frames(usb, width=336, height=256)[0].image.shape == (256, 336, 3)
    assert refusal(usb, width=1000, height=700) == (
        "unsupported",
        "the camera CAM offers no 1000 x 700 (source.width, source.height) but 992 x 696",
    )
    assert refusal(usb, width=4000, height=3000)[1].endswith("but 1920 x 1080")


def test_an_unplugged_camera_is_gone_at_once(usb: Usb) -> None:
    fault, reason, seconds = lost_when(open_source(str(usb.name)), usb, "gone")
    assert (fault, reason) == ("gone", f"the camera {usb.name} gives no more pictures; is it unplugged?")
    assert seconds < 1


def test_a_camera_that_another_program_reads_is_refused_and_had_when_it_is_free(usb: Usb) -> None:
    usb.does("busy")
    assert refusal(usb) == ("refused", "the camera CAM is in use by another program; end that one")
    usb.does("fine")
    assert frames(usb)


@pytest.mark.parametrize("mode", ["stall", "damaged", "lie"])
def test_a_camera_that_sends_nothing_new_stalls_whatever_its_driver_says(usb: Usb, mode: str) -> None:
    fault, reason, seconds = lost_when(open_source(str(usb.name)), usb, mode)
    assert (fault, reason) == ("stalled", f"the camera {usb.name} sends no pictures")
    assert seconds < 2.5


def test_the_stable_name_finds_a_camera_under_another_number(usb: Usb) -> None:
    frames(usb)
    usb.unplug()
    with pytest.raises(SourceLostError, match="there is no camera") as caught:
        frames(usb)
    assert caught.value.is_there is not None and not caught.value.is_there()
    usb.plug()
    assert caught.value.is_there()
    assert frames(usb)


def test_a_node_without_pictures_is_no_camera(usb: Usb) -> None:
    for device in ("/dev/null", "/dev/shm"):
        with pytest.raises(SourceLostError, match=f"{device} cannot be opened|the camera {device}"):
            open_source(device).read()


def test_a_device_of_the_kernel_s_own_gives_pictures() -> None:
    names = Path("/sys/class/video4linux").glob("video*/name")
    found = [name.parent.name for name in names if name.read_text().startswith(("vivid", "Dummy video device"))]
    if not found:
        pytest.skip("this kernel has neither vivid nor a v4l2loopback device that is fed")
    with open_source(f"/dev/{found[0]}") as source:
        assert source.read()


def test_a_driver_that_hangs_does_not_hold_up_the_end(usb: Usb) -> None:
    source = open_source(str(usb.name))
    assert isinstance(source, SupervisedCamera)
    source.read()
    usb.does("stall")
    began = time.monotonic()
    source.close()
    assert time.monotonic() - began < 1
