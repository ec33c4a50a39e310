"""Frames that wait for a slow broker."""

from __future__ import annotations

import pytest

from visaged.mqtt.frame_queue import FrameQueue


@pytest.fixture
def queue() -> FrameQueue:
    """Open, with room for two."""
    queue = FrameQueue(2)
    queue.open()
    return queue


def test_frames_leave_in_order(queue: FrameQueue) -> None:
    assert queue.put("a", b"1") and queue.put("b", b"2")
    assert [queue.take(), queue.take(), queue.take()] == [("a", b"1"), ("b", b"2"), None]
    assert (len(queue), queue.dropped) == (0, 0)


def test_the_oldest_gives_way_and_is_counted(queue: FrameQueue) -> None:
    assert all(queue.put("a", b"%d" % n) for n in range(5))
    assert (len(queue), queue.dropped) == (2, 3)
    assert queue.take() == ("a", b"3")


def test_nothing_is_taken_before_there_is_a_broker() -> None:
    queue = FrameQueue(2)
    assert not queue.put("a", b"")
    assert (queue.take(), queue.dropped) == (None, 1)


def test_what_waits_when_the_broker_goes_is_dropped_and_counted(queue: FrameQueue) -> None:
    queue.put("a", b"1")
    queue.close()
    assert not queue.put("a", b"2")
    assert (queue.take(), queue.dropped) == (None, 2)
    queue.open()
    assert queue.put("a", b"3")


def test_at_the_end_what_waits_may_leave_and_nothing_is_taken_any_more(queue: FrameQueue) -> None:
    queue.put("a", b"1")
    queue.finish()
    queue.open()
    assert not queue.put("a", b"2")
    assert (queue.take(), queue.dropped) == (("a", b"1"), 1)
