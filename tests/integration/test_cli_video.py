"""``visaged video`` as a person meets it: one line of JSON for each frame."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from made.pictures import write_picture, write_video

FRAME = ["image", "frame", "t", "width", "height", "faces"]
OPENINGS = {"eye_open", "mouth_open", "openings_from"}
FACE = {"id", "score", "box", "roi", "confidence", "valid", "reason", "pose", "landmarks", "params"} | OPENINGS


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A face for twelve frames at 10 frames a second, then nobody for eight."""
    return write_video(tmp_path_factory.mktemp("v") / "film.avi", 10, [True] * 12 + [False] * 8)


def test_every_frame_is_reported_with_its_time_and_tracked_faces(video: Any, film: Path) -> None:
    status, reports, err = video(film)
    assert (status, err) == (0, [])
    assert all(list(report) == FRAME and report["image"] == str(film) for report in reports)
    assert [report["frame"] for report in reports] == list(range(20))
    assert [report["t"] for report in reports] == pytest.approx([index / 10 for index in range(20)], abs=1e-3)
    faces = [face for report in reports for face in report["faces"]]
    assert all(set(face) == FACE and len(face["landmarks"]) == 68 and len(face["params"]) == 62 for face in faces)
    assert all(math.hypot(*face["pose"]["quaternion"]) == pytest.approx(1, abs=1e-5) for face in faces)
    assert {face["id"] for face in faces} == {1}
    assert all(report["faces"][0]["valid"] for report in reports[:12]) and reports[-1]["faces"] == []


def test_max_frames_ends_it_early(video: Any, film: Path) -> None:
    status, reports, _ = video(film, "--max-frames", 3)
    assert (status, len(reports)) == (0, 3)


def test_a_folder_is_reported_by_the_names_of_its_pictures(video: Any, tmp_path: Path) -> None:
    for name in ("1.png", "2.png", "10.png"):
        write_picture(tmp_path / name)
    status, reports, _ = video(tmp_path)
    assert (status, [report["image"] for report in reports]) == (0, ["1.png", "2.png", "10.png"])


def test_files_that_are_no_videos_are_one_sentence_and_1(video: Any, film: Path, tmp_path: Path) -> None:
    (tmp_path / "zero.avi").touch()
    (tmp_path / "text.avi").write_text("hello " * 100)
    (tmp_path / "cut.avi").write_bytes(film.read_bytes()[:1000])
    (tmp_path / "empty").mkdir()
    write_picture(tmp_path / "one.png")
    for name in ("none.avi", "zero.avi", "text.avi", "cut.avi", "empty", "one.png"):
        status, reports, err = video(tmp_path / name)
        assert (status, reports, len(err)) == (1, [], 1), name
        assert err[0].startswith("visaged: ") and name in err[0]


@pytest.mark.parametrize("source", ["0", "/dev/video99", "rtsp://me:secret@127.0.0.1/cam"])
def test_what_has_no_end_is_wrong_usage(video: Any, source: str) -> None:
    status, reports, (sentence,) = video(source)
    assert (status, reports) == (2, [])
    assert "visaged run --source" in sentence and "secret" not in sentence
