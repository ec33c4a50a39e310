"""What has come and is not looked at yet: one message of each origin, the newest."""

from __future__ import annotations

import threading
import time

GAP_S = 0.25
"""Between two messages that are looked at, for a flood must not take the processor from the frames."""


class Inbox:
    """Any thread puts, one takes; memory is bounded by the number of origins."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[str, bytes] = {}
        self._closed = False
        self._next = 0.0
        self.received = 0
        self.superseded = 0

    def put(self, origin: str, data: bytes) -> None:
        """``data`` takes the place of what still waits from ``origin``."""
        with self._changed:
            self.received += 1
            self.superseded += origin in self._waiting
            self._waiting[origin] = data
            self._changed.notify_all()

    def take(self) -> tuple[str, bytes] | None:
        """The next one, waiting for it; None once closed. Never two within ``GAP_S``."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting)
            self._changed.wait_for(lambda: self._closed, max(0.0, self._next - time.monotonic()))
            if self._closed:
                return None
            self._next = time.monotonic() + GAP_S
            origin = next(iter(self._waiting))
            return origin, self._waiting.pop(origin)

    def rest(self, seconds: float) -> None:
        """Nothing is taken for so long."""
        with self._changed:
            self._next = max(self._next, time.monotonic() + seconds)

    def close(self) -> None:
        """Let who takes end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
