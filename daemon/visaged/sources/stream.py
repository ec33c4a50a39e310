"""A stream from the network (RTSP, HTTP, UDP) by FFmpeg."""

from __future__ import annotations

import cv2

from visaged.sources.base import SourceLostError
from visaged.sources.live import LiveCapture
from visaged.sources.opencv import capture
from visaged.urls import redact

SCHEMES = ("rtsp://", "rtsps://", "http://", "https://", "udp://")

_TIMEOUT_S = 5.0


def open_stream(url: str, open_timeout_s: float = _TIMEOUT_S, read_timeout_s: float = _TIMEOUT_S) -> LiveCapture:
    """The stream at ``url``, one of ``SCHEMES``; credentials in it appear in no message.

    ``SourceLostError`` if it cannot be opened in ``open_timeout_s``, later if no picture comes in ``read_timeout_s``.
    """
    name = redact(url)
    timeouts = {
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: round(open_timeout_s * 1000),
        cv2.CAP_PROP_READ_TIMEOUT_MSEC: round(read_timeout_s * 1000),
    }
    opened = capture(url, cv2.CAP_FFMPEG, timeouts)
    if opened is None:
        raise SourceLostError(f"the stream {name} cannot be opened; is the address right, and does it answer?")

    def lost(waited_s: float) -> str:
        if waited_s >= read_timeout_s:
            return f"the stream {name} has sent no picture for {read_timeout_s:g} s"
        return f"the stream {name} has ended"

    return LiveCapture(name, opened, lost)
