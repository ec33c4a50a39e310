"""An HTTP camera on loopback: one that sends, one that stalls, one that is not there."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from made.camera import http_camera
from made.denying_server import DenyingServer
from made.http_server import serve
from visaged.sources.base import SourceLostError
from visaged.sources.opener import open_source
from visaged.sources.settings import CameraSettings
from visaged.sources.stream import open_stream
from visaged.urls import redact


@pytest.fixture
def camera() -> Iterator[str]:
    with http_camera() as address:
        yield address


def lost(url: str, stall_timeout_s: float) -> str:
    """The fault and the sentence with which a stream is lost; at most 1000 frames are read until then."""
    settings = CameraSettings(stall_timeout_s=stall_timeout_s)
    with open_stream(url, settings) as source, pytest.raises(SourceLostError) as caught:
        for _ in range(1000):
            source.read()
    return f"{caught.value.trouble.fault}: {caught.value}"


def test_a_stream_gives_frames_stamped_on_arrival(camera: str) -> None:
    with open_source(f"{camera}/endless") as source:
        frames = [source.read() for _ in range(5)]
        assert source.live
        assert "secret" not in source.name
    indices = [frame.index for frame in frames if frame]
    assert len(indices) == 5 and indices == sorted(set(indices))
    assert all(frame.image.shape == (120, 160, 3) and abs(frame.utc - time.time()) < 30 for frame in frames if frame)
    assert all(0 <= frame.t < 30 for frame in frames if frame)


def test_the_password_is_on_no_command_line(camera: str) -> None:
    with open_source(f"{camera}/endless") as source:
        source.read()
        lines = [path.read_bytes() for path in Path("/proc/self/task").glob("*/children") if path.read_bytes()]
        children = [int(pid) for line in lines for pid in line.split()]
        commands = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children]
    assert any(b"stream_reader" in command for command in commands)
    assert not any(b"secret" in command for command in commands)


def test_a_stream_that_stalls_is_lost_after_the_stall_timeout(camera: str) -> None:
    message = lost(f"{camera}/stalls", stall_timeout_s=1.0)
    assert message.startswith("stalled: the stream http://***@") and message.endswith("/stalls sends no pictures")


def test_a_stream_that_ends_is_lost(camera: str) -> None:
    message = lost(f"{camera}/ends", stall_timeout_s=5.0)
    assert message.startswith("ended: ") and message.endswith("/ends has ended")


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_server_that_accepts_and_says_nothing_is_given_up(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/"
        with open_stream(url, CameraSettings(open_timeout_s=1.0)) as source, pytest.raises(SourceLostError) as caught:
            source.read()
        assert caught.value.trouble.fault in ("stalled", "gone")
        assert time.monotonic() - started < 5


def test_an_answer_that_is_no_video_is_no_stream() -> None:
    with (
        serve({"/page": b"<html>" * 100}) as server,
        open_stream(f"{server.url}/page", CameraSettings()) as source,
        pytest.raises(SourceLostError) as caught,
    ):
        source.read()
    assert caught.value.trouble.fault == "gone" and "cannot be opened" in str(caught.value)


@pytest.mark.parametrize("scheme", ["http", "https", "rtsp"])
def test_a_stream_that_the_server_does_not_have_is_asked_for_without_reading_it(scheme: str, authority: Any) -> None:
    denial = b"RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n" if scheme == "rtsp" else b"HTTP/1.1 404 Not Found\r\n\r\n"
    with DenyingServer(denial, authority.server("camera", "IP:127.0.0.1") if scheme == "https" else None) as server:
        url = f"{scheme}://me:secret@127.0.0.1:{server.port}/front?channel=1"
        settings = CameraSettings(open_timeout_s=5.0)
        with open_stream(url, settings) as source, pytest.raises(SourceLostError) as opened:
            source.read()
        with pytest.raises(SourceLostError) as refused:
            open_stream(url, settings)
        sentence = f"the stream {redact(url)} cannot be opened: the server answers 404 Not Found"
        assert [str(error.value) for error in (opened, refused)] == [sentence] * 2 and "secret" not in sentence
        assert refused.value.is_there and not refused.value.is_there()
        ours = [words for words in server.asked if b"User-Agent: visaged\r\n" in words]
        target = f"rtsp://127.0.0.1:{server.port}/front?channel=1" if scheme == "rtsp" else "/front?channel=1"
        assert len(ours) == 1 and ours[0].split()[1].decode() == target and b"secret" not in ours[0]


CHALLENGES = {
    "basic": b'Basic realm="camera"',
    "digest": b'Digest realm="camera", nonce="5ec7e7", algorithm=MD5, qop="auth"',
}


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
@pytest.mark.parametrize("challenge", CHALLENGES)
def test_a_password_that_the_server_takes_for_wrong_is_asked_about(scheme: str, challenge: str) -> None:
    head = b"%s/1.%d 401 Unauthorized\r\nCSeq: 1\r\n" % ((b"RTSP", 0) if scheme == "rtsp" else (b"HTTP", 1))
    with DenyingServer(head + b"WWW-Authenticate: %s\r\nContent-Length: 0\r\n\r\n" % CHALLENGES[challenge]) as server:
        url = f"{scheme}://me:secret@127.0.0.1:{server.port}/front"
        message = lost(url, stall_timeout_s=5.0)
        assert any(b"Authorization: " in words for words in server.asked)
    assert message == (
        f"denied: the stream {redact(url)} cannot be opened: the server answers 401 Unauthorized; "
        "are user name and password right?"
    )


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_server_that_is_busy_is_said_to_be(scheme: str) -> None:
    head = b"%s/1.%d 503 Service Unavailable\r\nCSeq: 1\r\n" % ((b"RTSP", 0) if scheme == "rtsp" else (b"HTTP", 1))
    with DenyingServer(head + b"Content-Length: 0\r\n\r\n") as server:
        url = f"{scheme}://me:secret@127.0.0.1:{server.port}/front"
        message = lost(url, stall_timeout_s=5.0)
    assert message == f"refused: the stream {redact(url)} cannot be opened: the server is busy or unavailable (503)"


def test_another_answer_is_told_as_it_is() -> None:
    with DenyingServer(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n") as server:
        message = lost(f"http://me:secret@127.0.0.1:{server.port}/", stall_timeout_s=5.0)
    assert message.endswith("/ cannot be opened: the server answers 429 Too Many Requests")


def test_a_refused_connection_is_lost_without_repeating_the_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    for scheme in ("http", "rtsp"):
        with pytest.raises(SourceLostError, match=rf"the stream {scheme}://\*\*\*@127.0.0.1:{port}/ cannot be opened"):
            open_stream(f"{scheme}://me:secret@127.0.0.1:{port}/", CameraSettings())
