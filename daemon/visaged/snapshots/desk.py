"""Requests that wait for the thread of the snapshots, and commands that wait for a frame. Safe between threads."""

from __future__ import annotations

import threading
from collections import deque

from visaged.snapshots.request import Reply, Request


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


class Desk:
    """At most ``limit`` commands, each for the next frame, should one come within ``patience_s``."""

    def __init__(self, limit: int, patience_s: float) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[tuple[float, Reply]] = deque()
        self._limit = limit
        self._patience_s = patience_s

    def put(self, reply: Reply, now: float) -> bool:
        """A command that came at ``now`` (monotonic seconds); false where too many wait."""
        with self._lock:
            if len(self._waiting) >= self._limit:
                return False
            self._waiting.append((now + self._patience_s, reply))
            return True

    def take(self) -> tuple[Reply, ...]:
        """All that wait, for there is a frame."""
        if not self._waiting:  # nearly always, and read for every frame
            return ()
        with self._lock:
            replies = tuple(reply for _, reply in self._waiting)
            self._waiting.clear()
            return replies

    def expired(self, now: float) -> tuple[Reply, ...]:
        """Those that have waited in vain."""
        with self._lock:
            gone = tuple(reply for deadline, reply in self._waiting if deadline <= now)
            for _ in gone:
                self._waiting.popleft()
            return gone
