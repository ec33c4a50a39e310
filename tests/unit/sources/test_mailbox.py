"""One slot, latest wins."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from visaged.sources.mailbox import Mailbox
from visaged.values import Frame

Make = Callable[..., Frame]


def test_a_frame_is_taken_once(frame: Make) -> None:
    mailbox = Mailbox()
    put = frame()
    mailbox.put(put)
    assert mailbox.take(0) == (put, 0)
    assert mailbox.take(0) is None


def test_the_latest_wins_and_the_others_are_counted_once(frame: Make) -> None:
    mailbox = Mailbox()
    for index in range(4):
        mailbox.put(frame(index))
    taken = mailbox.take(0)
    assert taken is not None
    assert (taken[0].index, taken[1]) == (3, 3)
    mailbox.put(frame(4))
    assert mailbox.take(0) is not None
    mailbox.put(last := frame(5))
    assert mailbox.take(0) == (last, 0)


def test_take_waits_for_a_frame_of_another_thread(frame: Make) -> None:
    mailbox = Mailbox()
    threading.Timer(0.05, mailbox.put, [frame(7)]).start()
    taken = mailbox.take(5)
    assert taken is not None
    assert taken[0].index == 7


def test_take_gives_up_after_its_timeout() -> None:
    started = time.monotonic()
    assert Mailbox().take(0.05) is None
    assert 0.04 < time.monotonic() - started < 2


def test_closing_wakes_who_waits() -> None:
    mailbox = Mailbox()
    started = time.monotonic()
    threading.Timer(0.05, mailbox.close).start()
    assert mailbox.take(5) is None
    assert time.monotonic() - started < 2


def test_the_last_frame_may_be_taken_after_closing_and_no_other_comes(frame: Make) -> None:
    mailbox = Mailbox()
    mailbox.put(last := frame(1))
    mailbox.close()
    mailbox.put(frame(2))
    assert not mailbox.finished
    assert mailbox.take(0) == (last, 0)
    assert mailbox.finished


def test_waiting_until_empty_ends_when_the_frame_is_taken(frame: Make) -> None:
    mailbox = Mailbox()
    assert mailbox.wait_until_empty(0)
    mailbox.put(frame())
    assert not mailbox.wait_until_empty(0.01)
    threading.Timer(0.05, mailbox.take, [0]).start()
    assert mailbox.wait_until_empty(5)


def test_frames_that_never_came_so_far_count_as_skipped(frame: Make) -> None:
    mailbox = Mailbox()
    mailbox.put(frame(4), passed_over=4)
    mailbox.put(last := frame(7), passed_over=2)
    assert mailbox.take(0) == (last, 7)
