"""One slot between capture and pipeline: the latest frame wins."""

from __future__ import annotations

import threading

from visaged.values import Frame


class Mailbox:
    """Hands frames from one thread to another; a frame that nobody took in time is overwritten and counted."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._skipped = 0
        self._closed = False

    @property
    def finished(self) -> bool:
        """Whether it is closed and nothing is left to take."""
        with self._changed:
            return self._closed and self._frame is None

    def put(self, frame: Frame, passed_over: int = 0) -> None:
        """Leave ``frame`` in place of one still there; without effect once closed.

        ``passed_over``: how many frames before it never came so far, for want of time.
        """
        with self._changed:
            if self._closed:
                return
            self._skipped += passed_over + (self._frame is not None)
            self._frame = frame
            self._changed.notify_all()

    def take(self, timeout: float) -> tuple[Frame, int] | None:
        """The frame and how many were overwritten since the last one taken; None after ``timeout`` seconds without one.

        At once None where ``finished``: nothing will come any more.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._closed, timeout)
            if self._frame is None:
                return None
            taken = (self._frame, self._skipped)
            self._frame, self._skipped = None, 0
            self._changed.notify_all()
            return taken

    def wait_until_empty(self, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds until the frame was taken; whether the slot is free."""
        with self._changed:
            return self._changed.wait_for(lambda: self._frame is None, timeout)

    def close(self) -> None:
        """Nothing will be put any more; a frame that is there may still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
