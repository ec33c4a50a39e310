"""A camera of this machine (V4L2)."""

from __future__ import annotations

import os
from pathlib import Path

import cv2

from visaged.sources.base import SourceLostError
from visaged.sources.live import LiveCapture
from visaged.sources.opencv import capture


def open_camera(device: Path, width: int = 0, height: int = 0, fps: float = 0.0) -> LiveCapture:
    """The camera at ``device``; 0 leaves width and height (pixels) and the rate to the camera, which may differ anyway.

    ``SourceLostError`` if it is not there or cannot be used now.
    """
    if not device.exists():
        raise SourceLostError(f"there is no camera {device}; {_present()}")
    if not os.access(device, os.R_OK | os.W_OK):
        raise SourceLostError(f"the camera {device} may not be used by this user; add the user to the group video")
    opened = capture(str(device), cv2.CAP_V4L2)
    if opened is None:
        raise SourceLostError(f"{device} cannot be opened as a camera; it is in use, or it is no capture device")
    wishes = ((cv2.CAP_PROP_FRAME_WIDTH, width), (cv2.CAP_PROP_FRAME_HEIGHT, height), (cv2.CAP_PROP_FPS, fps))
    for wish, value in wishes:
        if value:
            opened.set(wish, value)
    return LiveCapture(str(device), opened, lambda _: f"the camera {device} gives no more pictures; is it unplugged?")


def _present() -> str:
    devices = sorted(str(device) for device in Path("/dev").glob("video*"))
    return f"this machine has {', '.join(devices)}" if devices else "this machine has no /dev/video*"
