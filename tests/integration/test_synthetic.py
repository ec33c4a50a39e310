"""The synthetic camera in the commands: a person to look at where there is no camera and no video."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import pytest

from made.daemon import Daemon
from visaged.addresses import is_endless, is_live
from visaged.mqtt.codec import decode
from visaged.sources.opener import open_source
from visaged.sources.settings import CameraSettings
from visaged.synthetic.camera import SyntheticCamera


@pytest.mark.parametrize(
    ("uri", "endless"),
    [("synthetic", True), ("synthetic:7", True), ("0", True), ("a.mp4", False), ("./synthetic", False)],
)
def test_what_is_endless_is_known_before_it_is_opened(uri: str, endless: bool) -> None:
    assert is_endless(uri) == endless


def test_the_synthetic_camera_waits_for_its_reader_as_a_file_does() -> None:
    assert not is_live("synthetic")


def test_its_person_size_and_rate_can_be_chosen(made_open_dir: Path) -> None:
    with open_source("synthetic:7", CameraSettings(320, 240, 10.0), made_open_dir) as source:
        assert isinstance(source, SyntheticCamera)
        assert (source.name, source.fps) == ("synthetic:7", 10.0)
        assert source.picture(0).shape == (240, 320, 3)


def test_a_video_of_it_tells_the_truth_beside_what_is_found(video: Any, made_open_dir: Path) -> None:
    status, reports, err = video(
        "synthetic:1", "--max-frames", 3, "--models-dir", made_open_dir, "--pack", "open", "--set", "source.fps=10"
    )
    assert (status, err) == (0, [])
    assert [(report["frame"], report["t"]) for report in reports] == [(0, 0.0), (1, 0.1), (2, 0.2)]
    assert [report["truth"]["inside"] for report in reports] == [1.0] * 3
    assert reports[0]["truth"]["pose"]["yaw"] == pytest.approx(0)


def test_a_video_of_it_can_be_drawn(video: Any, made_open_dir: Path, tmp_path: Path) -> None:
    out = tmp_path / "drawn.mp4"
    more = ("--max-frames", 4, "--models-dir", made_open_dir, "--pack", "open", "--set", "source.width=160")
    assert video("synthetic", "-o", "2d_sparse", "--out", out, "--set", "source.height=120", *more)[:2] == (0, [])
    opened = cv2.VideoCapture(str(out))
    assert [opened.get(what) for what in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)] == [160, 120]


def test_a_video_of_it_needs_an_end(video: Any) -> None:
    assert video("synthetic") == (2, [], ["visaged: synthetic has no end; add --max-frames N"])


def test_without_a_face_model_to_draw_there_is_one_sentence(video: Any, made_pack_dir: Path) -> None:
    status, _, err = video("synthetic", "--max-frames", 1)
    assert status == 1
    assert err[0].startswith(f"visaged: no model pack 'open' in {made_pack_dir}; ")


def test_the_daemon_publishes_what_it_sees_of_it(
    recorded: Any, daemon: Callable[..., Daemon], made_open_dir: Path
) -> None:
    broker, listen_to_all = recorded
    listener = listen_to_all()
    arguments = ("--source", "synthetic:2", "--pace", "fast", "--max-frames", "20")
    running = daemon(broker.port, *arguments, models=made_open_dir, model__pack="open")
    assert running.wait() == 0, running.err
    poses = [decode(payload) for payload in listener.of("visaged/cam/pose")]
    assert [pose["seq"] for pose in poses] == list(range(20))
    camera = decode(listener.of("visaged/cam/info")[-1])["camera"]
    assert (camera["source"], camera["width"], camera["height"], camera["fps"]) == ("synthetic:2", 640, 480, 25.0)


@pytest.mark.real_machine
def test_the_daemon_is_shown_it_at_its_own_rate(
    recorded: Any, daemon: Callable[..., Daemon], made_open_dir: Path
) -> None:
    broker, listen_to_all = recorded
    listener = listen_to_all()
    arguments = ("--source", "synthetic", "--max-frames", "26")
    running = daemon(broker.port, *arguments, models=made_open_dir, model__pack="open")
    assert running.wait() == 0, running.err
    poses = [decode(payload) for payload in listener.of("visaged/cam/pose")]
    frames = sum(1 + pose["skipped"] for pose in poses[1:])
    assert poses[-1]["mono"] - poses[0]["mono"] == pytest.approx(frames / 25, abs=0.5)  # on a busy machine
