"""The one place where OpenCV's captures are made, and where it and FFmpeg are told to keep quiet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache

import cv2

_FFMPEG_QUIET = "-8"


@cache
def quiet() -> None:
    """Silence the console noise of OpenCV and FFmpeg; our own sentences say what went wrong."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", _FFMPEG_QUIET)
    cv2.setLogLevel(0)


def capture(target: str | int, backend: int, settings: Mapping[int, int] | None = None) -> cv2.VideoCapture | None:
    """An opened capture, or None if OpenCV cannot open ``target``; ``settings`` are ``cv2.CAP_PROP_*``."""
    quiet()
    parameters = [number for pair in (settings or {}).items() for number in pair]
    try:
        opened = cv2.VideoCapture(target, backend, parameters)
    except (cv2.error, UnicodeEncodeError):  # a path that is no UTF-8 cannot be handed to OpenCV
        return None
    return opened if opened.isOpened() else None


def declared_fps(opened: cv2.VideoCapture) -> float | None:
    """Frames per second as the device or file declares them, None where it declares nothing sensible."""
    fps = float(opened.get(cv2.CAP_PROP_FPS))
    return fps if 0 < fps <= 1000 else None
