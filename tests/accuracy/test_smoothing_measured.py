"""What smoothing is worth on the golden videos; the measures are those of scripts/smoothing.py."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from visaged.assembly import Vision
from visaged.cli import main
from visaged.sources.opener import open_source
from visaged.values import Face, Image
from visaged.vision.look_ahead import look_ahead

pytestmark = pytest.mark.needs_shared

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/smoothing.py"
VIDEOS = ("obama.mp4", "cap12.mp4")
REACHES = (1, 2, 3, 5)


@pytest.fixture(scope="module")
def measured(shared: Path, upstream_models: Path) -> Any:
    """The figures of both videos with the default parameters."""
    videos = [str(shared / "samples/video" / name) for name in VIDEOS]
    blinks = [str(path) for path in sorted((shared / "eval/blink").glob("*.avi"))]
    options = ["--blinks", *blinks, "--set", f'model.models_dir="{upstream_models}"', "--set", "model.pack=3ddfa_v2"]
    command = [sys.executable, str(SCRIPT), *videos, *options]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=120).stdout)


@pytest.fixture(scope="module")
def tracked(shared: Path, yunet_vision: Vision) -> list[tuple[Image, list[Face]]]:
    """The beginning of a video, and its faces; the head turns by 70 degrees."""
    tracker = yunet_vision.tracker()
    with open_source(str(shared / "samples/video/obama.mp4")) as source:
        return [(frame.image, tracker.update(frame.picture)) for frame in islice(iter(source.read, None), 55)]


@pytest.mark.real_machine
@pytest.mark.parametrize("video", VIDEOS)
@pytest.mark.parametrize("what", ["landmarks_px", "rotation_deg"])
def test_the_live_filter_takes_forty_percent_of_the_jitter(measured: Any, video: str, what: str) -> None:
    assert measured["jitter"][video]["oneeuro"]["ratio"][what] < 0.6


@pytest.mark.real_machine
@pytest.mark.parametrize("video", VIDEOS)
def test_looking_ahead_takes_more_the_farther_it_looks(measured: Any, video: str) -> None:
    jitter = measured["jitter"][video]
    found = [jitter[f"ahead_{reach}"]["landmarks_px"] for reach in REACHES]
    assert found == sorted(found, reverse=True)
    assert found[REACHES.index(2)] < jitter["oneeuro"]["landmarks_px"]


@pytest.mark.real_machine
@pytest.mark.parametrize(("degrees", "frames"), [(30, 1), (10, 1.7), (5, 2.2)])
def test_the_live_filter_is_less_than_a_frame_late_in_a_large_step_and_later_in_small_ones(
    measured: Any, degrees: int, frames: float
) -> None:
    steps = measured["lag"][f"{degrees}_degrees"]
    lags = [lag for turn in steps.values() for part in turn.values() for lag in part.values()]
    assert len(lags) == 24
    assert 0 < min(lags) <= max(lags) < frames


@pytest.mark.real_machine
def test_blinks_show_through_the_live_filter_as_well_as_without(measured: Any) -> None:
    assert len(measured["blinks"]) == 3
    for found in measured["blinks"].values():
        assert found["oneeuro"] > found["raw"] - 0.01 > 0.58


def test_the_smoothed_surface_goes_through_the_smoothed_landmarks(tracked: Any, yunet_vision: Vision) -> None:
    surface = yunet_vision.surface()
    live = yunet_vision.smoother()
    ways = [
        [live.update(faces, index / 25) for index, (_, faces) in enumerate(tracked)],
        [faces for _, faces in look_ahead(tracked, 3, yunet_vision.face_model)],
    ]
    for frames in ways:
        for (face,) in frames[::9]:
            vertices = surface.mesh(face).vertices[:, surface.landmark_indices].T
            np.testing.assert_allclose(vertices, face.landmarks, atol=0.05)


def test_a_smoothed_face_stays_on_the_face_while_the_head_turns(tracked: Any, yunet_vision: Vision) -> None:
    live = yunet_vision.smoother()
    smooth = [live.update(faces, index / 25)[0] for index, (_, faces) in enumerate(tracked)]
    ahead = [faces[0] for _, faces in look_ahead(tracked, 2, yunet_vision.face_model)]
    for frames, near in ((smooth, 0.05), (ahead, 0.03)):
        off = [
            np.abs(face.landmarks - raw.landmarks)[:, :2].mean() / (raw.box[2] - raw.box[0])
            for face, (_, (raw,)) in zip(frames, tracked, strict=True)
        ]
        assert max(off) < near


@pytest.mark.parametrize("smoothing", ["2", "oneeuro"])
def test_the_sample_video_is_drawn_whole(
    shared: Path, upstream_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], smoothing: str
) -> None:
    source, out = shared / "samples/video/obama.mp4", tmp_path / "out.mp4"
    options = ["--models-dir", str(upstream_models), "--pack", "3ddfa_v2", "--smooth", smoothing]
    options += ["-o", "3d", "--out", str(out), "--jsonl"]
    assert main(["video", str(source), *options]) == 0
    reports = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    drawn, original = cv2.VideoCapture(str(out)), cv2.VideoCapture(str(source))
    assert drawn.get(cv2.CAP_PROP_FPS) == original.get(cv2.CAP_PROP_FPS)
    for report in reports:
        (image, before) = (opened.read()[1] for opened in (drawn, original))
        assert image.shape == before.shape
        x1, y1, x2, y2 = (round(v) for v in report["faces"][0]["box"])
        changed = cv2.absdiff(image, before)
        assert changed[y1:y2, x1:x2].mean() > 20 and changed[:, :300].mean() < 4
    assert (len(reports), drawn.read()[0]) == (55, False)
