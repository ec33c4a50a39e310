"""A stream from the network (RTSP, HTTP, UDP)."""

from __future__ import annotations

import json
import os
from functools import lru_cache, partial
from urllib.parse import urlsplit

from visaged.sources.base import SourceLostError
from visaged.sources.child import Child, python
from visaged.sources.door import Door
from visaged.sources.reader import understood
from visaged.sources.settings import CameraSettings
from visaged.sources.supervised import Labelled, SupervisedCamera
from visaged.urls import redact

_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
SCHEMES = ("rtsp://", "rtsps://", "http://", "https://", "udp://")


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
    """Whether somebody is there; true where there are no connections (UDP)."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return True  # FFmpeg may make more of it
    return host is None or port is None or _door(host, port).answers()


_door = lru_cache(maxsize=4)(Door)  # the same at each try, so that no more than one waits for a silent name server
