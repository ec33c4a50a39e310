"""A stream from the network (RTSP, HTTP, UDP)."""

from __future__ import annotations

import json
import os
import socket
from functools import partial
from urllib.parse import urlsplit

from visaged.sources.base import SourceLostError
from visaged.sources.child import Child, python
from visaged.sources.reader import understood
from visaged.sources.settings import CameraSettings
from visaged.sources.supervised import Labelled, SupervisedCamera
from visaged.urls import redact

_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
SCHEMES = ("rtsp://", "rtsps://", "http://", "https://", "udp://")

_KNOCK_S = 0.5


def open_stream(url: str, settings: CameraSettings) -> SupervisedCamera:
    """The stream at ``url``, one of ``SCHEMES``; credentials in it appear in no message.

    ``SourceLostError`` if nobody answers there.
    """
    name = f"the stream {redact(url)}"
    is_there = partial(_answers, url)
    unopened = f"{name} cannot be opened; is the address right, and does it answer?"
    if not is_there():
        raise SourceLostError(unopened, "gone", is_there)
    job = {"url": url, "timeout_s": settings.open_timeout_s, "unopened": unopened, "ended": f"{name} has ended"}
    child = Child(python("-m", "visaged.sources.stream_reader", str(os.getpid())), json.dumps(job).encode())
    return SupervisedCamera(name, child, Labelled(), settings, explain=partial(understood, name), is_there=is_there)


def _answers(url: str) -> bool:
    """Whether a connection is accepted, without saying anything; true where there are no connections (UDP)."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return True  # FFmpeg may make more of it
    if host is None or port is None:
        return True
    try:
        socket.create_connection((host, port), _KNOCK_S).close()
    except (OSError, UnicodeError):  # UnicodeError: a host name that cannot be one
        return False
    return True
