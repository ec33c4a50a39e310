"""A Pi's camera, read through a stand-in for rpicam-vid that misbehaves as it is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from made.cameras import Rpicam, lost_when
from made.waiting import eventually, is_running
from visaged.sources.base import SourceLostError
from visaged.sources.csi import _explain
from visaged.sources.fork_server import end_idle
from visaged.sources.opener import open_source
from visaged.sources.settings import CameraSettings

SMALL = CameraSettings(width=128, height=96, open_timeout_s=20.0)


def test_its_pictures_arrive_and_the_program_is_told_what_is_wanted(rpicam: Rpicam) -> None:
    settings = CameraSettings(width=640, height=480, fps=25, exposure_ms=4, gain=2.5)
    with open_source("rpicam:1", settings) as source:
        frame = source.read()
        assert frame and frame.image.shape == (480, 640, 3) and abs(int(frame.image[-1, -1].max()) - 130) < 5
        assert (source.live, source.fps) == (True, 25)
    given = " ".join(rpicam.arguments)
    assert given.startswith(
        "--camera 1 --width 640 --height 480 --framerate 25 --codec yuv420 --shutter 4000 --gain 2.5"
    )
    assert given.endswith("--timeout 0 --verbose 0 --output - --nopreview --flush")


def test_only_the_newest_picture_is_given(rpicam: Rpicam) -> None:
    with open_source("rpicam", SMALL) as source:
        first = source.read()
        time.sleep(0.7)
        late = source.read()
    assert first and late and late.index - first.index >= 5


def test_an_older_system_calls_the_program_libcamera_vid(rpicam: Rpicam) -> None:
    (rpicam.bin / "rpicam-vid").rename(rpicam.bin / "libcamera-vid")
    with open_source("rpicam:0", SMALL) as source:
        assert source.read()


def test_it_is_said_when_the_program_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SourceLostError, match="rpicam:0 needs rpicam-vid, which is not installed"):
        open_source("rpicam:0")


def test_a_width_whose_rows_would_have_gaps_is_refused(rpicam: Rpicam) -> None:
    with pytest.raises(
        SourceLostError, match=r"multiples of 128 \(640, 1280\) and even heights, not 800 x 600"
    ) as caught:
        open_source("rpicam:0", CameraSettings(width=800, height=600))
    assert caught.value.trouble.fault == "unsupported"


def test_a_rate_so_low_that_it_cannot_be_told_from_a_stall_is_refused(rpicam: Rpicam) -> None:
    with pytest.raises(SourceLostError, match=r"at least 0.2 pictures a second, not 0.02; change source.fps") as caught:
        open_source("rpicam:0", CameraSettings(fps=0.02))
    assert caught.value.trouble.fault == "unsupported"
    with open_source("rpicam:0", CameraSettings(width=128, height=96, fps=0.2)) as source:
        assert source.read()


@pytest.mark.parametrize("mode", ["stall", "half", "stall deaf"])
def test_no_whole_picture_for_a_while_is_a_stall(rpicam: Rpicam, mode: str) -> None:
    fault, reason, seconds = lost_when(open_source("rpicam:0", SMALL), rpicam, mode)
    assert (fault, reason) == ("stalled", "the camera rpicam:0 sends no pictures")
    assert seconds < 3


def test_a_program_that_dies_is_quoted(rpicam: Rpicam) -> None:
    fault, reason, seconds = lost_when(open_source("rpicam:0", SMALL), rpicam, "die")
    assert fault == "ended"
    assert reason.startswith("rpicam-vid, which reads the camera rpicam:0, has ended: ERROR: *** no cameras available")
    assert seconds < 2


def test_a_camera_that_another_program_reads_is_not_for_us(rpicam: Rpicam) -> None:
    fault, reason, _ = lost_when(open_source("rpicam:0", SMALL), rpicam, "busy")
    assert (fault, reason) == ("refused", "the camera rpicam:0 is in use by another program; end that one")


def test_a_program_that_ignores_sigterm_is_killed_and_leaves_no_zombie(rpicam: Rpicam) -> None:
    source = open_source("rpicam:0", SMALL)
    source.read()
    rpicam.does("stall deaf")
    time.sleep(0.2)
    began = time.monotonic()
    source.close()
    assert time.monotonic() - began < 1.5
    (pid,) = rpicam.pids
    assert not Path(f"/proc/{pid}").exists()
    source.close()


def test_it_dies_with_who_has_started_it(rpicam: Rpicam) -> None:
    script = (
        "import sys, time\n"
        "from visaged.sources.opener import open_source\n"
        "from visaged.sources.settings import CameraSettings\n"
        "camera = open_source('rpicam:0', CameraSettings(width=128, height=96))\n"
        "camera.read()\n"
        "print('reads', flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert parent.stdout and parent.stdout.readline() == b"reads\n"
    (pid,) = rpicam.pids
    rpicam.does("stall deaf")
    assert is_running(pid)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait(5)
    parent.stdout.close()
    assert eventually(lambda: not is_running(pid), 5)


def test_a_system_that_forks_no_more_is_a_camera_that_is_refused() -> None:
    words = "\nrefused\tno process can be started to read the camera: Resource temporarily unavailable\n"
    trouble = _explain("the camera rpicam:0", words)
    assert (trouble.fault, trouble.reason) == tuple(words.strip().split("\t"))


def test_nothing_is_left_of_many_openings(rpicam: Rpicam) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with open_source("rpicam:0", SMALL) as source:
            source.read()
    end_idle()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert not any(Path(f"/proc/{pid}").exists() for pid in rpicam.pids)


def test_a_picture_that_has_begun_must_be_whole_soon_even_if_it_is_the_first(rpicam: Rpicam) -> None:
    rpicam.does("half")
    began = time.monotonic()
    with open_source("rpicam:0", SMALL) as source, pytest.raises(SourceLostError, match="sends no pictures"):
        source.read()
    assert time.monotonic() - began < SMALL.open_timeout_s / 2
