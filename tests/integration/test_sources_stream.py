"""An HTTP camera on loopback: one that sends, one that stalls, one that is not there."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from made.camera import http_camera
from visaged.sources.base import SourceLostError
from visaged.sources.opener import open_source
from visaged.sources.stream import open_stream


@pytest.fixture
def camera() -> Iterator[str]:
    with http_camera() as address:
        yield address


def lost(url: str, read_timeout_s: float) -> str:
    """The sentence with which a stream is lost; at most 1000 frames are read until then."""
    with open_stream(url, read_timeout_s=read_timeout_s) as source, pytest.raises(SourceLostError) as caught:
        for _ in range(1000):
            source.read()
    return str(caught.value)


def test_a_stream_gives_frames_stamped_on_arrival(camera: str) -> None:
    with open_source(f"{camera}/endless") as source:
        frames = [source.read() for _ in range(5)]
        assert source.live
        assert "secret" not in source.name
    assert [frame.index for frame in frames if frame] == [0, 1, 2, 3, 4]
    assert all(frame.image.shape == (120, 160, 3) and abs(frame.utc - time.time()) < 30 for frame in frames if frame)
    assert all(0 <= frame.t < 30 for frame in frames if frame)


def test_a_stream_that_stalls_is_lost_after_the_read_timeout(camera: str) -> None:
    started = time.monotonic()
    message = lost(f"{camera}/stalls", read_timeout_s=1.0)
    assert "has sent no picture for 1 s" in message
    assert "secret" not in message
    assert time.monotonic() - started < 10


def test_a_stream_that_ends_is_lost(camera: str) -> None:
    assert lost(f"{camera}/ends", read_timeout_s=5.0).endswith("/ends has ended")


def test_a_server_that_accepts_and_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        with pytest.raises(SourceLostError, match="cannot be opened"):
            open_stream(f"http://127.0.0.1:{silent.getsockname()[1]}/", open_timeout_s=1.0)
        assert time.monotonic() - started < 10


def test_a_refused_connection_is_lost_without_repeating_the_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    for scheme in ("http", "rtsp"):
        with pytest.raises(SourceLostError, match=rf"the stream {scheme}://\*\*\*@127.0.0.1:{port}/ cannot be opened"):
            open_stream(f"{scheme}://me:secret@127.0.0.1:{port}/")
