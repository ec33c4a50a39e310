"""Real videos and folders, whole and broken."""

from __future__ import annotations

import logging
import random
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from visaged.addresses import is_live
from visaged.backoff import Backoff
from visaged.errors import SourceError
from visaged.sources.base import SourceLostError
from visaged.sources.capture import Capture
from visaged.sources.mailbox import Mailbox
from visaged.sources.opener import open_source
from visaged.sources.opening import Opening
from visaged.sources.watch import Watch
from visaged.values import Frame

FRAMES, FPS = 40, 20.0


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty frames at 20 fps, each a little brighter than the one before, with some noise."""
    path = tmp_path_factory.mktemp("video") / "a.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, (160, 120))
    noise = np.random.default_rng(0).integers(0, 20, (120, 160, 3), dtype=np.uint8)
    for index in range(FRAMES):
        writer.write(noise + np.uint8(index * 5))
    writer.release()
    return path


def play(uri: Path | str, limit: int = 10_000) -> list[Frame]:
    frames: list[Frame] = []
    with open_source(str(uri)) as source:
        while len(frames) < limit and (frame := source.read()) is not None:
            frames.append(frame)
    return frames


def refused(uri: Path | str) -> str:
    with pytest.raises(SourceError) as caught:
        play(uri)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_video_gives_its_frames_with_its_own_time_line(video: Path) -> None:
    frames = play(video)
    assert [frame.index for frame in frames] == list(range(FRAMES))
    assert [frame.t for frame in frames] == pytest.approx([index / FPS for index in range(FRAMES)], abs=1e-3)
    brightness = [float(frame.image.mean()) for frame in frames]
    assert all(late > early for early, late in pairwise(brightness))


def test_a_video_ends_and_stays_ended(video: Path) -> None:
    with open_source(str(video)) as source:
        assert (source.live, source.fps) == (False, FPS)
        while source.read() is not None:
            pass
        assert source.read() is None


def test_a_truncated_video_gives_what_can_be_read_and_one_warning(
    video: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cut = tmp_path / "cut.avi"
    cut.write_bytes(video.read_bytes()[: video.stat().st_size // 2])
    with caplog.at_level(logging.WARNING, "visaged"):
        frames = play(cut)
    assert 10 < len(frames) < 30
    (message,) = caplog.messages
    assert message == f"{cut} breaks off after frame {len(frames) - 1} of 40; the file is damaged or cut off"


def test_a_whole_video_gives_no_warning(video: Path, caplog: pytest.LogCaptureFixture) -> None:
    play(video)
    assert not caplog.messages


def test_a_video_with_a_corrupt_stretch_keeps_growing_in_time(video: Path, tmp_path: Path) -> None:
    data = bytearray(video.read_bytes())
    middle = slice(len(data) // 3, len(data) // 2)
    data[middle] = random.Random(0).randbytes(middle.stop - middle.start)
    (tmp_path / "corrupt.avi").write_bytes(data)
    times = [frame.t for frame in play(tmp_path / "corrupt.avi")]
    assert len(times) > 5
    assert all(late > early for early, late in pairwise(times))


def test_what_is_no_video_is_one_sentence(video: Path, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("just text\n" * 100, encoding="utf-8")
    (tmp_path / "head.avi").write_bytes(video.read_bytes()[:300])
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "one.jpg").write_bytes(b"x")
    (tmp_path / "folder").mkdir()
    assert "is not a video that can be read" in refused(tmp_path / "text.mp4")
    assert "head.avi" in refused(tmp_path / "head.avi")
    assert "is empty (0 bytes)" in refused(tmp_path / "empty.mp4")
    assert "is a single picture" in refused(tmp_path / "one.jpg")
    assert "there are no pictures in the folder" in refused(tmp_path / "folder")
    assert "there is no video, folder or camera" in refused(tmp_path / "none.mp4")
    assert "no source is named" in refused("")
    assert "null byte" in refused("a\0b")


def test_a_file_name_that_is_no_utf8_does_not_crash(video: Path, tmp_path: Path) -> None:
    odd = tmp_path / "\udcff.avi"
    odd.write_bytes(video.read_bytes())
    assert "is not a video that can be read" in refused(odd)


def test_a_missing_camera_says_so_and_may_come_back() -> None:
    for uri in ("97", "/dev/video97"):
        with pytest.raises(SourceLostError, match=r"there is no camera /dev/video97; this machine has "):
            open_source(uri)


def test_a_device_that_is_no_camera_is_refused() -> None:
    assert "/dev/null cannot be opened as a camera" in refused("/dev/null")


@pytest.mark.parametrize(
    ("uri", "live"),
    [
        ("0", True),
        ("/dev/video3", True),
        ("/dev/v4l/by-id/usb-cam-index0", True),
        ("rpicam:0", True),
        ("rpicam", True),
        ("rtsp://cam/1", True),
        ("HTTP://cam", True),
        ("a.mp4", False),
        ("0.mp4", False),
    ],
)
def test_cameras_and_streams_are_live_before_they_are_opened(uri: str, live: bool) -> None:
    assert is_live(uri) == live


def test_an_unknown_scheme_is_refused_without_repeating_the_password() -> None:
    assert refused("ftp://me:secret@host/a") == (
        "cannot read ftp://***@host/a; addresses begin with rtsp://, rtsps://, http://, https://, udp://"
    )


def test_a_folder_is_played_in_natural_order_without_its_bad_pictures(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    picture = cv2.imencode(".png", np.zeros((8, 9, 3), np.uint8))[1].tobytes()
    for name in ("b10.png", "b9.png", "B1.PNG"):
        (tmp_path / name).write_bytes(picture)
    (tmp_path / "b2.png").write_bytes(picture[:30])
    (tmp_path / "notes.txt").write_text("no picture", encoding="utf-8")
    frames = play(tmp_path)
    assert [(frame.name, frame.index) for frame in frames] == [("B1.PNG", 0), ("b9.png", 2), ("b10.png", 3)]
    assert [frame.t for frame in frames] == pytest.approx([0.0, 0.08, 0.12])
    assert len(caplog.messages) == 1
    assert "b2.png" in caplog.messages[0]


def test_a_folder_of_bad_pictures_only_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    assert "not one of the 1 pictures" in refused(tmp_path)


def test_the_decoders_do_not_write_to_the_console(tmp_path: Path, video: Path) -> None:
    (tmp_path / "cut.avi").write_bytes(video.read_bytes()[:20_000])
    (tmp_path / "text.mp4").write_text("just text\n" * 100, encoding="utf-8")
    (tmp_path / "a.bmp").write_bytes(cv2.imencode(".bmp", np.zeros((8, 9, 3), np.uint8))[1].tobytes()[:-5])
    script = (
        "import contextlib, sys\n"
        "from visaged.errors import SourceError\n"
        "from visaged.sources.opener import open_source\n"
        "for uri in sys.argv[1:]:\n"
        "    with contextlib.suppress(SourceError), open_source(uri) as source:\n"
        "        while source.read(): pass\n"
    )
    uris = [str(tmp_path / "cut.avi"), str(tmp_path / "text.mp4"), str(tmp_path)]
    done = subprocess.run([sys.executable, "-c", script, *uris], capture_output=True, text=True, timeout=60, check=True)
    ours = (str(tmp_path / "cut.avi"), "skipped: ")
    assert [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith(ours)] == []


def test_capture_delivers_every_frame_of_a_video_when_fast(video: Path) -> None:
    mailbox = Mailbox()
    capture = Capture(
        lambda patience_s: open_source(str(video)),
        pace="fast",
        loop=False,
        opening=Opening(10.0, (0.5, 1.0), random.Random(0)),
        mailbox=mailbox,
        watch=Watch(0.0, Backoff(60.0, 60.0, random.Random(0))),
        on_state=lambda trouble: None,
    )
    capture.start()
    taken: list[tuple[Frame, int]] = []
    while not mailbox.finished and len(taken) < FRAMES + 1:
        got = mailbox.take(5)
        taken += [got] if got else []
    assert [(frame.index, skipped) for frame, skipped in taken] == [(index, 0) for index in range(FRAMES)]
    assert capture.stop(1.5)


@pytest.mark.needs_shared
@pytest.mark.parametrize(("name", "readable", "warned"), [("obama.mp4", 55, True), ("cap12.mp4", 1337, False)])
def test_the_sample_videos_are_read_to_their_last_readable_frame(
    shared: Path, caplog: pytest.LogCaptureFixture, name: str, readable: int, warned: bool
) -> None:
    frames = 0
    with open_source(str(shared / "samples" / "video" / name)) as source:
        while (frame := source.read()) is not None:
            assert frame.t == pytest.approx(frames / 25.0, abs=1e-3)
            frames += 1
    assert (frames, bool(caplog.messages)) == (readable, warned)


@pytest.mark.needs_shared
@pytest.mark.parametrize("pattern", ["*.gif", "a*.mkv"])
def test_gif_and_mkv_are_videos_too(shared: Path, pattern: str) -> None:
    file = min((shared / "train" / "intel").glob(pattern))
    times = [frame.t for frame in play(file, limit=20)]
    assert len(times) == 20
    assert all(late > early for early, late in pairwise(times))
