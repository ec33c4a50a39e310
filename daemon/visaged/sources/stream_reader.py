"""The process that reads a stream by OpenCV's FFmpeg: a fork server runs ``python -m`` this module."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import cv2

from visaged.sources.decode import BGR
from visaged.sources.faults import ReaderError
from visaged.sources.opencv import capture, next_image
from visaged.sources.packets import Label, Packet
from visaged.sources.reader import serve

_WARNINGS = "24"
"""Of FFmpeg's levels of talking that with which it says what a server answers."""


def pictures(job: dict[str, Any]) -> Iterator[Packet]:
    """The pictures of the stream ``url``, stamped on arrival; ReaderError when there are no more.

    ``timeout_s`` is for each step of the opening and each picture; who waits for the pictures is stricter.
    ``unopened`` and ``ended`` are the sentences to end with; FFmpeg's own words come before them.
    """
    os.environ["OPENCV_FFMPEG_LOGLEVEL"] = _WARNINGS
    timeout_ms = round(job["timeout_s"] * 1000)
    timeouts = {cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: timeout_ms, cv2.CAP_PROP_READ_TIMEOUT_MSEC: timeout_ms}
    opened = capture(job["url"], cv2.CAP_FFMPEG, timeouts)
    if opened is None:
        ctypes.CDLL(None).fflush(None)  # FFmpeg's words, which OpenCV prints as C does
        raise ReaderError("gone", job["unopened"])
    for index in count():
        image = next_image(opened)
        if image is None:
            raise ReaderError("ended", job["ended"])
        height, width = image.shape[:2]
        label = Label(BGR, width, height, 3 * width, image.nbytes, index, time.monotonic(), 0.0)
        yield Packet(label, image.reshape(-1).data)


if __name__ == "__main__":
    serve(pictures)
