"""A flood of messages."""

from __future__ import annotations

import threading
import time

from visaged.remote.inbox import GAP_S, Inbox


def test_the_newest_of_each_origin_counts() -> None:
    inbox = Inbox()
    for number in range(1000):
        inbox.put("device", str(number).encode())
    inbox.put("group/a", b"a")
    assert (inbox.take(), inbox.take()) == (("device", b"999"), ("group/a", b"a"))
    assert (inbox.received, inbox.superseded) == (1001, 999)


def test_no_two_are_looked_at_in_a_hurry() -> None:
    inbox = Inbox()
    inbox.put("device", b"1")
    inbox.take()
    began = time.monotonic()
    inbox.put("device", b"2")
    inbox.take()
    assert time.monotonic() - began >= 0.9 * GAP_S


def test_who_waits_is_let_go_at_the_end() -> None:
    inbox = Inbox()
    threading.Timer(0.05, inbox.close).start()
    assert inbox.take() is None
