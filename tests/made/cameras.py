"""Cameras that are not there: a program in the place of rpicam-vid, and a V4L2 device in the place of the kernel's."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from made.preloads import compiled
from visaged.sources.base import Source, SourceLostError
from visaged.sources.fork_server import end_idle

HERE = Path(__file__).parent


def lost_when(source: Source, camera: Rpicam | Usb, mode: str) -> tuple[str, str, float]:
    """Fault and reason that a camera which does so from now on is lost with, and seconds until that is noticed."""
    with source:
        for _ in range(5):
            source.read()
        camera.does(mode)
        began = time.monotonic()
        with pytest.raises(SourceLostError) as caught:
            while time.monotonic() < began + 10:
                source.read()
    seconds = time.monotonic() - began
    print(f"{mode}: noticed after {seconds:.2f} s")
    return caught.value.trouble.fault, caught.value.trouble.reason, seconds


class Rpicam:
    """The program ``rpicam-vid`` on the path, and what it is told to do."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        program = self.bin / "rpicam-vid"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {HERE / "rpicam_vid.py"} "$@"\n')
        program.chmod(0o755)
        self.orders = folder / "orders"
        self.does("fine")

    def does(self, mode: str) -> None:
        """From now on; see ``rpicam_vid.py``."""
        told = self.orders.with_suffix(".new")
        told.write_text(mode)
        told.replace(self.orders)

    @property
    def arguments(self) -> list[str]:
        """Of the last start."""
        return (self._folder / "args").read_text().split()

    @property
    def pids(self) -> list[int]:
        """Of every start so far."""
        return [int(line) for line in (self._folder / "pids").read_text().split()]


@pytest.fixture
def rpicam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rpicam]:
    """A camera on the ribbon cable."""
    fake = Rpicam(tmp_path)
    monkeypatch.setenv("PATH", f"{fake.bin}:{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_RPICAM", str(fake.orders))
    end_idle()  # what becomes the program is forked from a process that has this environment
    yield fake
    end_idle()


class Usb:
    """A V4L2 camera that can be unplugged and told what to do; ``name`` is its stable one."""

    def __init__(self, folder: Path, orders: Path) -> None:
        self._folder = folder
        self._orders = orders
        self._plugged = 0
        self.name = folder / "by-id"
        self.does("fine")
        self.plug()

    def does(self, mode: str) -> None:
        """``fine``, ``stall``, ``gone``, ``damaged``, ``freeze``, ``lie``, ``black``, ``busy``, from now on."""
        told = self._orders.with_suffix(".new")
        told.write_text(mode)
        told.replace(self._orders)

    def plug(self, mode: str = "fine") -> None:
        """Appear, each time under another number, and do so."""
        self._plugged += 1
        device = self._folder / f"video{self._plugged}"
        device.touch()
        os.truncate(device, 4 << 22)
        self.does(mode)
        self.name.symlink_to(device)

    def unplug(self) -> None:
        """Disappear, for who has it open, too."""
        self.does("gone")
        self.name.resolve().unlink()
        self.name.unlink()


@pytest.fixture(scope="session")
def _jpegs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pictures = tmp_path_factory.mktemp("pictures")
    for number in range(8):
        noise = np.random.default_rng(number).integers(90, 160, (45, 80, 3), np.uint8)
        for width, height in ((640, 480), (1280, 720)):
            picture = cv2.resize(noise, (width, height), interpolation=cv2.INTER_NEAREST)
            cv2.imwrite(str(pictures / f"{width}-{number}.jpg"), picture)
    return pictures


@pytest.fixture(scope="session")
def _fake_v4l2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled("fake_v4l2", tmp_path_factory.mktemp("v4l2"))


@pytest.fixture
def usb(_fake_v4l2: Path, _jpegs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Usb]:
    """A USB camera: YUYV 640 x 480 at 15 or 30, MJPG also 1280 x 720 at 30; exposure 0.1 to 500 ms, gain 0 to 255.

    Where tests run the kernel has neither v4l2loopback nor vivid, so its ioctls are answered by a preloaded library.
    """
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:  # an address below /dev is a camera's
        monkeypatch.setenv("FAKE_V4L2_ORDERS", str(tmp_path / "orders"))
        monkeypatch.setenv("FAKE_V4L2_PICTURES", str(_jpegs))
        monkeypatch.setenv("FAKE_V4L2_LOG", str(tmp_path / "log"))
        monkeypatch.setenv("LD_PRELOAD", str(_fake_v4l2))
        end_idle()  # what reads it is forked from a process that has this environment
        yield Usb(Path(folder), tmp_path / "orders")
        end_idle()
