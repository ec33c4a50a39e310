"""Requests that wait for the thread of the snapshots, and commands that wait for an answer. Safe between threads."""

from __future__ import annotations

import threading
from collections import deque

from visaged.snapshots.request import Outcome, Reply, Request


class Queue:
    """At most ``limit`` requests, oldest first; the newest is the one that is turned away."""

    def __init__(self, limit: int) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[Request] = deque()
        self._limit = limit
        self._closed = False

    def put(self, request: Request) -> bool:
        """Queue it; false where there is no room, or nothing is taken any more."""
        with self._changed:
            if self._closed or len(self._waiting) >= self._limit:
                return False
            self._waiting.append(request)
            self._changed.notify_all()
            return True

    def take(self, timeout_s: float) -> Request | None:
        """The oldest, None where none comes in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed, timeout_s)
            return self._waiting.popleft() if self._waiting else None

    def drain(self) -> list[Request]:
        """All that wait."""
        with self._changed:
            drained = list(self._waiting)
            self._waiting.clear()
            return drained

    def close(self) -> None:
        """Take no more; what waits may still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def finished(self) -> bool:
        """Whether it is closed and nothing is left to take."""
        with self._changed:
            return self._closed and not self._waiting

    def __len__(self) -> int:
        return len(self._waiting)


class Once:
    """A reply that is given once, by whoever comes first; to the others it does nothing. Safe between threads."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._given = threading.Lock()

    def __call__(self, outcome: Outcome) -> None:
        if self._given.acquire(blocking=False):  # and never released
            self._reply(outcome)

    @property
    def given(self) -> bool:
        """Whether somebody has been first."""
        return self._given.locked()


class Desk:
    """At most ``limit`` commands without an answer.

    Each waits ``frame_s`` for the next frame, and then ``disk_s`` for what comes of it.
    """

    def __init__(self, limit: int, frame_s: float, disk_s: float) -> None:
        self._lock = threading.Lock()
        self._for_frame: deque[tuple[float, Once]] = deque()
        self._for_disk: deque[tuple[float, Once]] = deque()
        self._limit = limit
        self._frame_s, self._disk_s = frame_s, disk_s
        self.closed = False

    def put(self, reply: Reply, now: float) -> bool:
        """A command that came at ``now`` (monotonic seconds); false where too many wait, or the desk is closed."""
        with self._lock:
            unanswered = sum(not once.given for _, once in self._for_disk)
            if self.closed or len(self._for_frame) + unanswered >= self._limit:
                return False
            self._for_frame.append((now + self._frame_s, Once(reply)))
            return True

    def take(self, now: float) -> tuple[Once, ...]:
        """All that wait for a frame, for there is one at ``now``; from here on they wait for the disk."""
        if not self._for_frame:  # nearly always, and read for every frame
            return ()
        with self._lock:
            taken = tuple(once for _, once in self._for_frame)
            self._for_frame.clear()
            self._for_disk.extend((now + self._disk_s, once) for once in taken)
            return taken

    def without_frame(self, now: float) -> tuple[Once, ...]:
        """Those that have waited for a frame in vain, once."""
        return self._overdue(self._for_frame, now)

    def without_disk(self, now: float) -> tuple[Once, ...]:
        """Those that have waited for the disk in vain, among others that are answered already; once."""
        return self._overdue(self._for_disk, now)

    def close(self) -> tuple[Once, ...]:
        """Take no more; gives all that still wait."""
        with self._lock:
            self.closed = True
            left = tuple(once for _, once in (*self._for_frame, *self._for_disk))
            self._for_frame.clear()
            self._for_disk.clear()
            return left

    def _overdue(self, waiting: deque[tuple[float, Once]], now: float) -> tuple[Once, ...]:
        with self._lock:
            gone = []
            while waiting and waiting[0][0] <= now:
                gone.append(waiting.popleft()[1])
            return tuple(gone)
