"""``visaged video -o``: another video, whole or not at all."""

from __future__ import annotations

import fcntl
import os
import pty
import resource
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from made.pictures import HEIGHT, WIDTH, picture, write_picture, write_video
from visaged.output.kinds import PICTURE_KINDS

FRAMES = 18
TIMEOUT_S = 60


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A face for ten frames, then nobody for eight."""
    return write_video(tmp_path_factory.mktemp("v") / "film.avi", 10, [True] * 10 + [False] * 8)


@pytest.fixture
def command(made_pack_dir: Path) -> Callable[..., list[str]]:
    """``command(film, out)``: what draws landmarks into ``out``, as a process of its own."""

    def make(film: Path, out: Path, *more: str) -> list[str]:
        start = [sys.executable, "-m", "visaged", "video", "--models-dir", str(made_pack_dir), "--pack", "3ddfa_v2"]
        return [*start, str(film), "-o", "2d_sparse", "--out", str(out), *more]

    return make


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def frames_of(path: Path) -> tuple[list[Any], float]:
    """The pictures of a video, and its rate."""
    opened = cv2.VideoCapture(str(path))
    images = []
    while (read := opened.read())[0]:
        images.append(read[1])
    return images, opened.get(cv2.CAP_PROP_FPS)


@pytest.mark.parametrize("kind", PICTURE_KINDS)
def test_every_kind_becomes_a_video_with_the_frames_rate_and_size_of_the_source(
    video: Any, film: Path, tmp_path: Path, kind: str
) -> None:
    assert video(film, "-o", kind, "--out", tmp_path / "out.mp4") == (0, [], [])
    images, fps = frames_of(tmp_path / "out.mp4")
    assert (len(images), fps, images[0].shape) == (FRAMES, 10, (HEIGHT, WIDTH, 3))
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    with_a_face, without = images[5].astype(int), images[-1].astype(int)
    assert np.abs(with_a_face - picture(True)).max() > 80
    assert np.abs(without - picture(False)).max() < 80


@pytest.mark.parametrize("fps", [29.97, 23.976, 12.5, 60])
def test_a_fractional_rate_is_kept(video: Any, tmp_path: Path, fps: float) -> None:
    film = write_video(tmp_path / "film.avi", fps, [False] * 5)
    assert video(film, "-o", "pose", "--out", tmp_path / "out.mp4")[0] == 0
    images, found = frames_of(tmp_path / "out.mp4")
    assert (len(images), found) == (5, pytest.approx(fps, rel=1e-4))


@pytest.mark.parametrize(("width", "height"), [(101, 80), (100, 81), (33, 35)])
def test_an_odd_size_gains_a_row_or_column_and_loses_nothing(
    video: Any, tmp_path: Path, width: int, height: int
) -> None:
    grey = np.tile(np.linspace(0, 100, width).astype(np.uint8), (height, 1))
    for name in ("1.png", "2.png"):
        cv2.imwrite(str(tmp_path / name), cv2.merge([grey] * 3))
    assert video(tmp_path, "-o", "2d_sparse", "--out", tmp_path / "out.mp4")[0] == 0
    images, _ = frames_of(tmp_path / "out.mp4")
    assert images[0].shape == (height + height % 2, width + width % 2, 3)
    assert np.abs(images[0][:height, :width].astype(int) - grey[..., None]).mean() < 4


@pytest.mark.parametrize(("options", "fps"), [((), 25), (("--set", "source.fps=7.5"), 7.5)])
def test_a_folder_of_pictures_becomes_a_video_at_the_rate_of_the_source(
    video: Any, tmp_path: Path, options: tuple[str, ...], fps: float
) -> None:
    for name in ("1.png", "2.png", "10.png"):
        write_picture(tmp_path / "in" / name)
    assert video(tmp_path / "in", "-o", "2d_sparse", "--out", tmp_path / "out.mp4", *options) == (0, [], [])
    images, found = frames_of(tmp_path / "out.mp4")
    assert (len(images), found) == (3, fps)


def test_reports_are_printed_beside_the_video_where_asked(video: Any, film: Path, tmp_path: Path) -> None:
    status, reports, err = video(film, "-o", "pose", "--out", tmp_path / "out.mp4", "--jsonl", "--max-frames", 6)
    assert (status, err, [report["frame"] for report in reports]) == (0, [], list(range(6)))
    assert len(frames_of(tmp_path / "out.mp4")[0]) == 6


@pytest.mark.parametrize("smoothing", ["1", "3", "30", "oneeuro"])
def test_a_smoothed_video_has_all_frames_and_so_have_its_reports(
    video: Any, film: Path, tmp_path: Path, smoothing: str
) -> None:
    status, reports, err = video(
        film, "--smooth", smoothing, "-o", "2d_sparse", "--out", tmp_path / "out.mp4", "--jsonl"
    )
    assert (status, err, len(frames_of(tmp_path / "out.mp4")[0])) == (0, [], FRAMES)
    raw = video(film)[1]
    assert [len(report["faces"]) for report in reports] == [len(report["faces"]) for report in raw]
    assert reports == video(film, "--smooth", smoothing)[1] != raw


def test_a_face_that_stands_still_is_where_it_was_when_it_is_smoothed(video: Any, film: Path) -> None:
    (raw, smooth) = (video(film, *options)[1][5]["faces"][0] for options in ((), ("--smooth", "2")))
    np.testing.assert_allclose(smooth["landmarks"], raw["landmarks"], atol=1)
    assert smooth["confidence"] == raw["confidence"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "2d_spars", "--out", "x.mp4"], ["2d_spars", "did you mean 2d_sparse?"]),
        (["-o", "ply", "--out", "x.mp4"], ["ply", "there is no kind"]),
        (["-o", "3d,pose", "--out", "x.mp4"], ["one kind"]),
        (["-o", "pose"], ["--out FILE.mp4"]),
        (["--out", "x.mp4"], ["-o", "2d_sparse"]),
        (["-o", "pose", "--out", "x"], ["x", ".mp4"]),
        (["-o", "pose", "--out", "x.avi"], ["x.avi", ".mp4"]),
    ],
)
def test_what_cannot_be_meant_is_one_sentence_and_2(  # noqa: PLR0917  fixtures and cases
    video: Any, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    status, reports, (sentence,) = video(film, *arguments)
    assert (status, reports, list(tmp_path.iterdir())) == (2, [], [])
    assert all(word in sentence for word in words), sentence


@pytest.mark.parametrize("smoothing", ["0", "31", "-1", "2.5", "one", "", "٣"])
def test_a_smoothing_that_is_none_is_one_sentence_and_2(
    video: Any, film: Path, capsys: pytest.CaptureFixture[str], smoothing: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        video(film, f"--smooth={smoothing}")
    assert ended.value.code == 2
    (sentence,) = capsys.readouterr().err.splitlines()
    assert "neither oneeuro nor a number of frames from 1 to 30" in sentence


def test_the_video_that_is_read_is_not_written_over(video: Any, film: Path, tmp_path: Path) -> None:
    first = tmp_path / "a.mp4"
    video(film, "-o", "pose", "--out", first)
    before = first.read_bytes()
    alias = tmp_path / "alias.mp4"
    alias.symlink_to(first)
    status, _, (sentence,) = video(first, "-o", "pose", "--out", alias)
    assert (status, first.read_bytes()) == (2, before)
    assert "that is read" in sentence


def test_a_place_that_cannot_be_written_is_one_sentence_and_1(video: Any, film: Path, tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()
    for out in (tmp_path / "none" / "x.mp4", tmp_path / "folder.mp4", tmp_path / ("x" * 300 + ".mp4")):
        status, _, (sentence,) = video(film, "-o", "pose", "--out", out)
        assert status == 1 and str(out) in sentence
        assert "ended by" not in sentence


def test_a_source_that_changes_its_size_is_told_by_the_frame_and_leaves_nothing(video: Any, tmp_path: Path) -> None:
    for index, width in enumerate((64, 64, 80)):
        (tmp_path / "in").mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / "in" / f"{index}.png"), np.zeros((48, width, 3), np.uint8))
    status, _, (sentence,) = video(tmp_path / "in", "-o", "pose", "--out", tmp_path / "out.mp4")
    assert (status, [path.name for path in tmp_path.iterdir()]) == (1, ["in"])
    assert "frame 2 is 80x48" in sentence and "64x48" in sentence


def test_a_damaged_source_leaves_nothing_and_what_was_there_stays(video: Any, film: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    out.write_text("precious")
    (tmp_path / "cut.avi").write_bytes(film.read_bytes()[:1000])
    status, _, _ = video(tmp_path / "cut.avi", "-o", "pose", "--out", out)
    assert (status, out.read_text(), sorted(path.name for path in tmp_path.iterdir())) == (
        1,
        "precious",
        ["cut.avi", "out.mp4"],
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_leaves_nothing_and_says_so(
    command: Any, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, number: signal.Signals
) -> None:
    film = write_video(tmp_path_factory.mktemp("long") / "film.avi", 25, [True] * 3000)
    arguments = command(film, tmp_path / "out.mp4", "--jsonl")
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("{")
        assert len(list(tmp_path.iterdir())) == 1
        process.send_signal(number)
        _, err = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, list(tmp_path.iterdir())) == (1, [])
    assert err == f"visaged: interrupted by {number.name}; {tmp_path / 'out.mp4'} is not written\n"


def test_a_reader_who_has_seen_enough_leaves_nothing(
    command: Any, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    film = write_video(tmp_path_factory.mktemp("long") / "film.avi", 25, [True] * 500)
    arguments = command(film, tmp_path / "out.mp4", "--jsonl")
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(TIMEOUT_S) == 1
        assert process.stderr.read() == ""
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_sentence_and_what_was_there_stays(video: Any, film: Path, small_disk: Path) -> None:
    out = small_disk / "out.mp4"
    out.write_text("precious")
    (small_disk / "filler").write_bytes(bytes(1536 * 1024))
    status, _, (sentence,) = video(film, "-o", "pose", "--out", out)
    assert (status, out.read_text()) == (1, "precious")
    assert sorted(path.name for path in small_disk.iterdir()) == ["filler", "out.mp4"]
    assert "disk is full" in sentence and str(out) in sentence


def test_a_disk_that_is_read_only_is_one_sentence_and_1(video: Any, film: Path, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    status, _, (sentence,) = video(film, "-o", "pose", "--out", small_disk / "out.mp4")
    assert status == 1 and "read-only" in sentence.lower() and str(small_disk / "out.mp4") in sentence


def test_frames_that_never_arrive_in_the_file_are_noticed(command: Any, film: Path, tmp_path: Path) -> None:
    ended = subprocess.run(
        command(film, tmp_path / "out.mp4"),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000)),
    )
    assert (ended.returncode, ended.stdout, list(tmp_path.iterdir())) == (1, "", [])
    (sentence,) = ended.stderr.splitlines()
    assert f"of {FRAMES} frames only" in sentence and "limit on the size of files" in sentence


def test_a_picture_that_the_codec_cannot_take_is_one_sentence_and_leaves_nothing(video: Any, tmp_path: Path) -> None:
    cv2.imwrite(str(write_picture(tmp_path / "in" / "1.png")), np.zeros((16, 9000, 3), np.uint8))
    status, _, (sentence,) = video(tmp_path / "in", "-o", "2d_sparse", "--out", tmp_path / "out.mp4")
    assert (status, [path.name for path in tmp_path.iterdir()]) == (1, ["in"])
    assert "9000x16" in sentence


def test_a_source_that_is_not_there_is_named_even_where_the_video_to_write_is(video: Any, tmp_path: Path) -> None:
    (tmp_path / "out.mp4").write_text("precious")
    status, _, (sentence,) = video(tmp_path / "none.mp4", "-o", "pose", "--out", tmp_path / "out.mp4")
    assert (status, (tmp_path / "out.mp4").read_text()) == (1, "precious")
    assert "there is no video" in sentence


def test_a_terminal_is_shown_how_many_of_all_frames_are_done(command: Any, film: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))
    with subprocess.Popen(command(film, tmp_path / "out.mp4"), stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        shown = os.read(ours, 1000)
        assert process.wait(TIMEOUT_S) == 0
    os.close(ours)
    assert f"/{FRAMES} [".encode() in shown
