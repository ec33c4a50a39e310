"""What counts as progress."""

import pytest

from visaged.progress import Progress


def test_nothing_is_no_progress():
    assert not Progress().made()


@pytest.mark.parametrize("step", [Progress.frame, Progress.waited])
def test_a_round_with_a_frame_or_with_a_wait_is_progress_once(step):
    progress = Progress()
    progress.round()
    step(progress)
    assert progress.made()
    assert not progress.made()


def test_a_pipeline_that_hangs_is_none_however_patiently_a_camera_is_waited_for():
    progress = Progress()
    progress.round()
    progress.frame()
    assert progress.made()
    for _ in range(100):
        progress.waited()
    assert not progress.made()


def test_a_camera_that_hangs_is_none_however_often_the_pipeline_comes_round():
    progress = Progress()
    for _ in range(100):
        progress.round()
    assert not progress.made()


def test_frames_are_counted_apart_from_waiting():
    progress = Progress()
    progress.waited()
    progress.frame()
    assert progress.frames == 1
