"""``visaged run`` with somebody at the other end of ``NOTIFY_SOCKET``, as systemd is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from made.pictures import write_video
from made.stalled_thread import stalled_thread
from made.waiting import eventually

WATCHED_S = 4.0


@pytest.fixture
def playing(broker: Any, daemon: Any, manager: Any, tmp_path: Path) -> Any:
    """A daemon that is ready and processes frames."""
    film = write_video(tmp_path / "film.avi", 25, [True] * 25)
    one = daemon(broker.port, "--source", str(film), "--loop")
    assert eventually(lambda: "READY=1" in manager.words, 60), one.err
    return one


def test_it_is_ready_with_the_first_frame_and_says_how_it_is(playing: Any, manager: Any) -> None:
    assert eventually(lambda: any(" fps, latency " in word for word in manager.words)), manager.words
    assert manager.words[0] == "STATUS=starting"
    assert playing.end() < 20
    assert manager.words[-2:] == ["STOPPING=1", "STATUS=stopping: received SIGTERM"]


def test_without_a_camera_it_is_ready_as_well_and_stays_alive(broker: Any, daemon: Any, manager: Any) -> None:
    one = daemon(broker.port, "--source", "/dev/video99", source__retry_max_s=60, source__retry_min_s=60)
    assert eventually(lambda: "READY=1" in manager.words, 60), one.err
    assert eventually(lambda: any(word.startswith("STATUS=degraded: there is no camera") for word in manager.words))
    assert manager.fed(WATCHED_S) >= 2


def test_without_a_broker_it_is_ready_and_says_so(daemon: Any, manager: Any) -> None:
    one = daemon(1, "--source", "/dev/video99")
    assert eventually(lambda: "READY=1" in manager.words, 60), one.err
    assert eventually(lambda: any("Nothing listens at 127.0.0.1:1" in word for word in manager.words))


@pytest.mark.real_machine
def test_frames_feed_the_watchdog_and_a_pipeline_that_stands_still_starves_it(playing: Any, manager: Any) -> None:
    assert manager.fed(WATCHED_S) >= 2
    with stalled_thread(playing.pid, "pipeline"):
        manager.fed(2.0)  # what was done before it stood still
        assert manager.fed(WATCHED_S) == 0
    assert eventually(lambda: manager.fed(1.0) > 0)


@pytest.mark.real_machine
def test_a_capture_that_stands_still_starves_it_too(playing: Any, manager: Any) -> None:
    with stalled_thread(playing.pid, "capture"):
        manager.fed(2.0)
        assert manager.fed(WATCHED_S) == 0


def test_a_reload_is_told_from_its_beginning_to_its_end(playing: Any, manager: Any) -> None:
    playing.hang_up()
    assert eventually(lambda: "RELOADING=1" in manager.words)
    assert eventually(lambda: "READY=1" in manager.words[manager.words.index("RELOADING=1") :])


def test_state_that_cannot_be_kept_is_said(
    broker: Any, daemon: Any, manager: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    (tmp_path / "state").write_text("in the way")
    one = daemon(broker.port, "--source", "/dev/video99")
    assert eventually(lambda: any("/state/remote-" in word and "cannot be written" in word for word in manager.words))
    assert "cannot be read" in one.warnings[0]
