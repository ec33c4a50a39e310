"""A stream from the network (RTSP, HTTP, UDP)."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from urllib.parse import quote, urlsplit

from visaged.printable import printable
from visaged.sources.base import SourceLostError
from visaged.sources.child import Child
from visaged.sources.door import Door
from visaged.sources.faults import Trouble
from visaged.sources.fork_server import Forked
from visaged.sources.reader import understood
from visaged.sources.settings import CameraSettings
from visaged.sources.supervised import Labelled, SupervisedCamera
from visaged.urls import redact

_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
_DENIALS = (b"403", b"404", b"410", b"500", b"502", b"504")
"""HTTP and RTSP say it alike. Not 503: a camera that serves one client may mean ourselves."""

_FFMPEG = "[OPENCV:FFMPEG"
"""How a line begins that is FFmpeg's."""

_STATUS = re.compile(r"(?:HTTP error|method \w+ failed:) ([45][0-9]{2}) ?\(?([^)]{0,80})")
"""What it says of a server that does not give it the stream: its number, and what the server calls it."""

_AS_IT_IS = "/?%:;=@!$&'()*+,~"
"""Of an address that is asked for; the rest is quoted, as FFmpeg does."""


def open_stream(url: str, settings: CameraSettings) -> SupervisedCamera:
    """The stream at ``url``, with one of the schemes of ``addresses``; credentials in it appear in no message.

    ``SourceLostError`` if nobody answers there, or who denied it last time does so again.
    """
    name = f"the stream {redact(url)}"
    door = _door(url)
    is_there = door.answers if door else lambda: True
    unopened = f"{name} cannot be opened; is the address right, and does it answer?"
    if not is_there():
        raise SourceLostError(_denial(name, door) or unopened, "gone", is_there)
    job = {"url": url, "timeout_s": settings.open_timeout_s, "unopened": unopened, "ended": f"{name} has ended"}
    child = Child(Forked("visaged.sources.stream_reader", job))
    explain = partial(_explained, name, door)
    return SupervisedCamera(name, child, Labelled(), settings, explain=explain, is_there=is_there)


def _explained(name: str, door: Door | None, words: str) -> Trouble:
    """Why the reader ended; where it could not open the stream and the server denies it, the server is asked in a
    cheaper way from now on: a reader is a process that takes a small board half a second to start."""
    lines = words.splitlines()
    trouble = understood(name, "\n".join(line for line in lines if not line.startswith(_FFMPEG)))
    if trouble.fault != "gone":
        return trouble
    if door and not door.has_it() and (denial := _denial(name, door)):
        return Trouble("gone", denial)
    return _answered(name, lines) or trouble


def _answered(name: str, lines: list[str]) -> Trouble | None:
    """What the server has said to FFmpeg, which knows the password and is asked for it first."""
    for line in reversed(lines):
        if line.startswith(_FFMPEG) and (status := _STATUS.search(line)):
            number, phrase = status[1], printable(status[2].strip())
            if number == "503":
                return Trouble("refused", f"{name} cannot be opened: the server is busy or unavailable (503)")
            told = f"{name} cannot be opened: the server answers {f'{number} {phrase}'.strip()}"
            if number == "401":
                return Trouble("denied", f"{told}; are user name and password right?")
            return Trouble("gone", told)
    return None


def _denial(name: str, door: Door | None) -> str | None:
    return f"{name} cannot be opened: the server answers {door.denied}" if door and door.denied else None


@lru_cache(maxsize=4)  # the same at each try, so that no more than one waits for a silent name server
def _door(url: str) -> Door | None:
    """Where the server of ``url`` is; None where there are no connections (UDP)."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None  # FFmpeg may make more of it
    if host is None or port is None:
        return None
    address = parts.netloc.rpartition("@")[2]
    if parts.scheme.startswith("rtsp"):
        bare = parts._replace(netloc=address).geturl()
        lines = [f"DESCRIBE {bare} RTSP/1.0", "CSeq: 1", "Accept: application/sdp"]
    else:
        target = quote(parts.path or "/", _AS_IT_IS) + (f"?{quote(parts.query, _AS_IT_IS)}" if parts.query else "")
        lines = [f"GET {target} HTTP/1.1", f"Host: {address}", "Accept: */*", "Connection: close"]
    request = "\r\n".join([*lines, "User-Agent: visaged", "", ""]).encode(errors="replace")
    denials = _DENIALS if "@" in parts.netloc else (*_DENIALS, b"401")  # FFmpeg has to be challenged for a password
    return Door(host, port, request, denials, tls=parts.scheme in ("rtsps", "https"))
