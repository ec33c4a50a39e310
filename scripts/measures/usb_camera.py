"""A USB camera that is not there: 720p motion JPEG of the synthetic person at 30 frames a second.

What reads it is the daemon's own reader of V4L2 devices; a preloaded library answers in the place of the kernel.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2

from visaged.synthetic.camera import open_synthetic

WIDTH, HEIGHT, FPS = 1280, 720, 30.0
LIBRARY = Path(__file__).resolve().parents[2] / "tests/made/fake_v4l2.c"
QUALITY = 85
FORTH_AND_BACK = (0, 1, 2, 3, 4, 3, 2, 1)
"""Pictures that may be repeated without anybody jumping."""


@dataclass(frozen=True, slots=True)
class UsbCamera:
    """The settings that name it, and the environment in which it is there."""

    sets: tuple[str, ...]
    environment: dict[str, str]


@contextmanager
def usb_camera(folder: Path, pictures: Sequence[int] = FORTH_AND_BACK) -> Iterator[UsbCamera]:
    """Drawn and compiled in ``folder``; it repeats ``pictures`` of the synthetic person."""
    library = folder / "fake_v4l2.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(LIBRARY), "-ldl"], check=True)
    with open_synthetic(1, WIDTH, HEIGHT, FPS) as drawn:
        for number, index in enumerate(pictures):
            path = str(folder / f"{WIDTH}-{number}.jpg")
            cv2.imwrite(path, drawn.picture(index), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    environment = {
        "LD_PRELOAD": str(library),
        "FAKE_V4L2_ORDERS": str(folder / "orders"),
        "FAKE_V4L2_PICTURES": str(folder),
        "FAKE_V4L2_COUNT": str(len(pictures)),
        "FAKE_V4L2_LOG": str(folder / "log"),
    }
    with tempfile.TemporaryDirectory(dir="/dev/shm") as place:  # whose address begins as that of a camera does
        device = Path(place, "video")
        device.touch()
        os.truncate(device, 1 << 24)
        sets = (f"source.uri={device}", f"source.width={WIDTH}", f"source.height={HEIGHT}", f"source.fps={FPS:g}")
        yield UsbCamera(sets, environment)
