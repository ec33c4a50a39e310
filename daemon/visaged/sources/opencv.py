"""The one place where OpenCV's captures and writers are made, and where it and FFmpeg are told to keep quiet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache

import cv2
import numpy as np

from visaged.values import Image

_FFMPEG_QUIET = "-8"
_OPENCV_QUIET = 0


@cache
def quiet() -> None:
    """Silence the console noise of OpenCV and FFmpeg; our own sentences say what went wrong."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", _FFMPEG_QUIET)
    set_log_level = cv2.setLogLevel if hasattr(cv2, "setLogLevel") else cv2.utils.logging.setLogLevel  # moved in 5.0
    set_log_level(_OPENCV_QUIET)


def capture(target: str, backend: int, settings: Mapping[int, int] | None = None) -> cv2.VideoCapture | None:
    """An opened capture, or None if OpenCV cannot open ``target``; ``settings`` are ``cv2.CAP_PROP_*``."""
    quiet()
    if not _is_utf8(target):
        return None
    parameters = [number for pair in (settings or {}).items() for number in pair]
    try:
        opened = cv2.VideoCapture(target, backend, parameters)
    except cv2.error:
        return None
    return opened if opened.isOpened() else None


def writer(target: str, codec: str, fps: float, width: int, height: int) -> cv2.VideoWriter | None:
    """An opened writer of frames of that size in pixels, or None if OpenCV cannot open one; ``codec``: four letters."""
    quiet()
    if not _is_utf8(target):
        return None
    opened = cv2.VideoWriter(target, cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), fps, (width, height))
    return opened if opened.isOpened() else None


def _is_utf8(text: str) -> bool:
    """Whether OpenCV can be given ``text``; its binding crashes on a file name that is no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def next_image(opened: cv2.VideoCapture) -> Image | None:
    """The next picture, None if there is none."""
    good, image = opened.read()
    return np.asarray(image, dtype=np.uint8) if good and image is not None else None


def declared_fps(opened: cv2.VideoCapture) -> float | None:
    """Frames per second as the device or file declares them, None where it declares nothing sensible."""
    fps = float(opened.get(cv2.CAP_PROP_FPS))
    return fps if 0 < fps <= 1000 else None
