"""A trial on the made networks, and the frames for it."""

import time

import cv2
import numpy as np
import pytest

from made.pictures import write_video
from visaged.assembly import open_vision
from visaged.config import load
from visaged.errors import SourceError
from visaged.sources.video_file import VideoFile
from visaged.tuning.frames import grab
from visaged.tuning.trial import Trial
from visaged.vision.session import Execution

JPEG = cv2.imencode(".jpg", np.full((120, 160, 3), 90, np.uint8))[1]


@pytest.fixture(scope="module")
def vision(made_pack_dir):
    config = load(None, [f'model.models_dir="{made_pack_dir}"', "model.pack=3ddfa_v2"]).config
    return open_vision(config, Execution(1, arena=False))


@pytest.mark.parametrize("overlap", [True, False])
def test_frames_come_at_the_cameras_pace_and_no_faster(vision, overlap):
    result = Trial(vision, [JPEG], 20).run(2.0, overlap=overlap)
    assert (result.execution, result.overlap) == (Execution(1, arena=False), overlap)
    assert 5 < result.fps < 22
    assert 0 < result.cpu_percent < 400
    assert 0 < result.latency_p50_ms <= result.latency_p95_ms


def test_what_a_part_dies_of_is_raised(vision):
    with pytest.raises(ValueError, match="cut off"):
        Trial(vision, [np.zeros(0, np.uint8)], 20).run(0.3, overlap=True)


def test_frames_are_taken_from_the_source(tmp_path):
    film = write_video(tmp_path / "film.avi", 10, [True] * 5)
    jpegs, fps = grab(lambda: VideoFile(film), 20)
    assert (len(jpegs), fps) == (5, 10.0)
    assert cv2.imdecode(jpegs[0], cv2.IMREAD_COLOR).ndim == 3


def test_a_source_that_cannot_be_opened_says_why(tmp_path):
    with pytest.raises(SourceError):
        grab(lambda: VideoFile(tmp_path / "none.avi"), 20)


def test_a_source_that_hangs_is_left_behind():
    with pytest.raises(SourceError, match="within"):
        grab(lambda: time.sleep(1), 0.1)
