"""What systemd is told of a daemon, and when."""

import re
from dataclasses import dataclass, field
from time import sleep

import pytest

from visaged.pipeline import Counts
from visaged.progress import Progress
from visaged.systemd.supervision import TICK_S, Supervision, describe


@dataclass
class Watched:
    """A daemon as the supervision sees one."""

    is_ready: bool = False
    trouble: str | None = None
    latency_ms: float | None = None
    counts: Counts = field(default_factory=Counts)
    progress: Progress = field(default_factory=Progress)


class Heard:
    """Takes what a notifier would send."""

    def __init__(self):
        self.words = []

    def ready(self):
        self.words.append("ready")

    def watchdog(self):
        self.words.append("watchdog")

    def status(self, text):
        self.words.append(text)


@pytest.fixture
def supervised():
    heard, watched = Heard(), Watched()
    supervision = Supervision(heard)
    supervision.watch(watched)
    return supervision, watched, heard.words


def test_ready_is_said_once_and_not_before_it_is_so(supervised):
    supervision, watched, words = supervised
    supervision.look()
    assert words == ["starting"]
    watched.is_ready = True
    supervision.look()
    supervision.look()
    assert words.count("ready") == 1


def test_the_watchdog_starves_without_progress_however_often_one_looks(supervised):
    supervision, watched, words = supervised
    watched.is_ready = True
    for _ in range(100):
        supervision.look()
    assert "watchdog" not in words


def test_the_watchdog_is_fed_by_progress(supervised):
    supervision, watched, words = supervised
    for _ in range(3):
        watched.progress.round()
        watched.progress.frame()
        supervision.look()
    assert words.count("watchdog") == 3


def test_a_new_trouble_is_in_the_status_at_once(supervised):
    supervision, watched, words = supervised
    watched.is_ready = True
    supervision.look()
    watched.trouble = "there is no camera /dev/video0"
    supervision.look()
    assert words[-1] == "degraded: there is no camera /dev/video0"


def test_frames_from_before_a_change_do_not_count_after_it(supervised):
    supervision, watched, words = supervised
    watched.is_ready, watched.latency_ms = True, 3.7
    watched.counts.processed = 250
    supervision.look()
    watched.trouble = "rpicam-vid has ended"
    watched.counts.processed = 300
    supervision.look()
    sleep(TICK_S)
    supervision.look()
    assert words == ["starting", "ready", "online", *["degraded: rpicam-vid has ended"] * 2]


def test_what_is_measured_anew_after_a_change_is_told_at_the_next_tick(supervised):
    supervision, watched, words = supervised
    watched.is_ready, watched.trouble, watched.latency_ms = True, "no camera", 3.7
    supervision.look()
    watched.trouble = None
    supervision.look()
    sleep(TICK_S / 2)
    supervision.look()
    assert words[-1] == "online"
    sleep(TICK_S / 2)
    watched.counts.processed = 25
    supervision.look()
    assert re.fullmatch(r"online; 2[45]\.\d fps, latency 3\.7 ms \(p50\), 0 faces", words[-1])


def test_after_a_change_what_is_new_is_watched(supervised):
    supervision, watched, words = supervised
    watched.is_ready = True
    supervision.look()
    supervision.watch(Watched())
    watched.progress.round()
    watched.progress.frame()
    words.clear()
    supervision.look()
    assert words == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ((None, 24.96, 6.44, 1), "online; 25.0 fps, latency 6.4 ms (p50), 1 face"),
        ((None, 24.96, 6.44, 0), "online; 25.0 fps, latency 6.4 ms (p50), 0 faces"),
        (("too hot", 5.0, 6.0, 2), "degraded: too hot; 5.0 fps, latency 6.0 ms (p50), 2 faces"),
        (("no camera", 0.0, 6.0, 2), "degraded: no camera"),
        ((None, 0.0, None, 0), "online; no frames"),
        ((None,), "online"),
        (("no camera",), "degraded: no camera"),
    ],
)
def test_the_status_is_one_line(status, expected):
    assert describe(*status) == expected
