"""Frame messages (QoS 0) that wait for a slow broker. Pure bookkeeping; safe to use from several threads."""

from __future__ import annotations

import threading
from collections import deque


class FrameQueue:
    """At most ``limit`` messages, oldest first; beyond that the oldest is dropped, for the newest matters most.

    Takes messages only while open, which it is not at first. Whatever it does not take or gives up it counts.
    """

    def __init__(self, limit: int) -> None:
        self._lock = threading.Lock()
        self._limit = limit
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._open = False
        self._finished = False
        self._dropped = 0

    def open(self) -> None:
        """There is a broker: take messages, unless ``finish`` was called."""
        with self._lock:
            self._open = not self._finished

    def close(self) -> None:
        """The broker is gone: take no more, and drop what waits."""
        with self._lock:
            self._open = False
            self._dropped += len(self._waiting)
            self._waiting.clear()

    def finish(self) -> None:
        """The end is near: take no more for good; what waits may still be sent."""
        with self._lock:
            self._open = False
            self._finished = True

    def put(self, topic: str, payload: bytes) -> bool:
        """Queue a message; false, and counted, while not open."""
        with self._lock:
            if not self._open:
                self._dropped += 1
                return False
            if len(self._waiting) >= self._limit:
                self._waiting.popleft()
                self._dropped += 1
            self._waiting.append((topic, payload))
            return True

    def take(self) -> tuple[str, bytes] | None:
        """The oldest message (topic, payload), None where nothing waits."""
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def dropped(self) -> int:
        """How many messages were not taken or given up."""
        return self._dropped
