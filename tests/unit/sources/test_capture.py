"""The capture thread, on sources made of Python lists."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from visaged.backoff import Backoff
from visaged.errors import SourceError
from visaged.sources.base import Closing, Format, SourceLostError
from visaged.sources.capture import Capture
from visaged.sources.faults import Trouble
from visaged.sources.mailbox import Mailbox
from visaged.sources.opening import Opening
from visaged.sources.watch import Watch
from visaged.values import Frame, Picture


class Listed(Closing):
    """A source that plays a list: a frame, or an error to raise."""

    name = "listed"
    fps = 100.0

    def __init__(self, items: Iterable[Frame | Exception], live: bool = False) -> None:
        self._items = iter(items)
        self.live = live
        self.closed = False

    def read(self) -> Frame | None:
        item = next(self._items, None)
        if isinstance(item, Exception):
            raise item
        return item

    def close(self) -> None:
        self.closed = True


def frames(count: int, height: int = 1, width: int = 1) -> list[Frame]:
    return [
        Frame(Picture(np.zeros((height, width, 3), np.uint8)), index, 0.0, 0.0, index * 0.01) for index in range(count)
    ]


class Run:
    """A capture with what it told, stopped at the end of the test."""

    def __init__(self, opens: Callable[[], Any], pace: Any, loop: bool, retry_s: float) -> None:
        self.mailbox = Mailbox()
        self.states: list[Trouble | None] = []
        self.formats: list[Format | None] = []
        self.capture = Capture(
            lambda patience_s: opens(),
            pace=pace,
            loop=loop,
            opening=Opening(10.0, (retry_s, retry_s), random.Random(1)),
            mailbox=self.mailbox,
            watch=Watch(0.0, Backoff(60.0, 60.0, random.Random(1))),
            on_state=self._told,
        )
        self.capture.start()

    def _told(self, trouble: Trouble | None) -> None:
        self.states.append(trouble)
        self.formats.append(self.capture.format)

    def take(self, count: int = 1000) -> list[tuple[Frame, int]]:
        """At most ``count`` frames, fewer if the capture ends or 10 s pass."""
        taken: list[tuple[Frame, int]] = []
        until = time.monotonic() + 10
        while len(taken) < count and not self.mailbox.finished and time.monotonic() < until:
            got = self.mailbox.take(0.1)
            taken += [got] if got else []
        return taken


@pytest.fixture
def run() -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def start(opens: Callable[[], Any], pace: str = "fast", loop: bool = False, retry_s: float = 0.01) -> Run:
        runs.append(Run(opens, pace, loop, retry_s))
        return runs[-1]

    yield start
    for each in runs:
        each.capture.stop(1.5)


Start = Callable[..., Run]


def test_fast_delivers_every_frame_of_a_file_and_then_ends(run: Start) -> None:
    running = run(lambda: Listed(frames(50)))
    taken = running.take()
    assert [frame.index for frame, _ in taken] == list(range(50))
    assert sum(skipped for _, skipped in taken) == 0
    assert (running.mailbox.finished, running.capture.error, running.states) == (True, None, [None])


def test_fast_waits_for_a_slow_taker(run: Start) -> None:
    running = run(lambda: Listed(frames(3)))
    indices: list[int] = []
    while len(indices) < 3:
        time.sleep(0.03)
        (taken,) = running.take(1)
        indices.append(taken[0].index)
    assert indices == [0, 1, 2]


def test_realtime_releases_frames_at_their_own_rate(run: Start) -> None:
    taken = run(lambda: Listed(frames(21)), pace="realtime").take()
    assert taken[-1][0].index == 20
    assert taken[-1][0].mono - taken[0][0].mono >= 0.19
    assert abs(taken[-1][0].utc - time.time()) < 10


def test_realtime_skips_what_a_slow_taker_misses_and_counts_it(run: Start) -> None:
    running = run(lambda: Listed(frames(30)), pace="realtime")
    taken = []
    while not running.mailbox.finished:
        time.sleep(0.05)
        taken += running.take(1)
    assert len(taken) < 30
    assert len(taken) + sum(skipped for _, skipped in taken) == 30


def test_loop_plays_again_with_growing_index_and_time(run: Start) -> None:
    opened: list[Listed] = []

    def opens() -> Listed:
        opened.append(Listed(frames(3)))
        return opened[-1]

    taken = [frame for frame, _ in run(opens, loop=True).take(8)]
    assert [frame.index for frame in taken] == list(range(8))
    assert [frame.t for frame in taken] == pytest.approx([0.0, 0.01, 0.02, 0.0, 0.01, 0.02, 0.0, 0.01])
    assert all(late.mono >= early.mono for early, late in pairwise(taken))
    assert all(source.closed for source in opened[:2])


def test_a_live_source_ignores_fast(run: Start) -> None:
    started = threading.Event()

    def opens() -> Listed:
        if started.is_set():
            raise SourceLostError("gone")
        started.set()
        return Listed([*frames(10), SourceLostError("gone")], live=True)

    running = run(opens)
    until = time.monotonic() + 5
    while Trouble("gone", "gone") not in running.states and time.monotonic() < until:
        time.sleep(0.01)
    ((frame, skipped),) = running.take(1)
    assert (frame.index, skipped) == (9, 9)


def test_a_lost_live_source_is_opened_again_and_both_are_told_once(run: Start) -> None:
    plan: Iterator[Listed | Exception] = iter(
        [
            Listed([*frames(1, 480, 640), SourceLostError("unplugged")], live=True),
            SourceLostError("unplugged"),
            SourceLostError("unplugged"),
            Listed(frames(2, 720, 1280) * 100_000, live=True),
        ]
    )

    def opens() -> Listed:
        item = next(plan)
        if isinstance(item, Exception):
            raise item
        return item

    running = run(opens)
    until = time.monotonic() + 5
    while len(running.states) < 3 and time.monotonic() < until:
        running.take(1)
    assert running.states == [None, Trouble("gone", "unplugged"), None]
    before, after = Format(640, 480, 100.0), Format(1280, 720, 100.0)
    assert running.formats == [before, before, after]
    assert running.capture.error is None


def test_a_camera_missing_at_the_start_is_waited_for(run: Start) -> None:
    plan = iter([SourceLostError("no camera")])

    def opens() -> Listed:
        for error in plan:
            raise error
        return Listed(frames(1))

    running = run(opens)
    assert len(running.take()) == 1
    assert running.states == [Trouble("gone", "no camera"), None]
    assert running.formats == [None, Format(1, 1, 100.0)]


@pytest.mark.parametrize("items", [[SourceError("broken")], [*frames(1), ZeroDivisionError("bug")]])
def test_an_error_in_the_thread_is_handed_on_and_closes_the_mailbox(run: Start, items: list[Any]) -> None:
    running = run(lambda: Listed(items))
    running.take()
    assert running.mailbox.finished
    assert running.capture.error is items[-1]


def test_stop_ends_a_capture_that_waits_to_deliver(run: Start) -> None:
    running = run(lambda: Listed(frames(5)))
    started = time.monotonic()
    assert running.capture.stop(1.5)
    assert time.monotonic() - started < 1


def test_stop_comes_back_in_two_seconds_although_a_read_blocks(run: Start) -> None:
    reading, release = threading.Event(), threading.Event()

    class Blocked(Listed):
        def read(self) -> Frame | None:
            reading.set()
            release.wait(30)
            return None

    source = Blocked([])
    running = run(lambda: source)
    assert reading.wait(10)
    started = time.monotonic()
    assert not running.capture.stop(1.5)
    assert time.monotonic() - started < 2
    assert running.mailbox.finished
    release.set()
    assert running.capture.stop(1.5)
    assert source.closed


def test_a_capture_that_waits_for_its_camera_can_be_stopped(run: Start) -> None:
    tried = threading.Event()

    def opens() -> Listed:
        tried.set()
        raise SourceLostError("gone")

    running = run(opens, retry_s=60.0)
    assert tried.wait(5)
    assert running.capture.stop(1.5)
