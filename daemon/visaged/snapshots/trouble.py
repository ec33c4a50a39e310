"""What keeps snapshots from being written at the moment, and when to try again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from visaged.backoff import Backoff
from visaged.errors import SnapshotError

log = logging.getLogger("visaged.snapshots")


class Trouble:
    """One trouble at a time, from whatever thread; told and logged when it begins, changes and ends.

    ``on_change`` hears the sentence, None at the end. A ``blocking`` trouble stands until somebody tries again, first
    after a short while, then after longer ones.
    """

    def __init__(self, backoff: Backoff, on_change: Callable[[str | None], None]) -> None:
        self._lock = threading.Lock()
        self._backoff = backoff
        self._on_change = on_change
        self._retry_at = 0.0
        self.error: SnapshotError | None = None
        self.blocking = False

    def begin(self, error: SnapshotError, now: float, *, blocking: bool) -> None:
        """``error`` has happened at ``now`` (monotonic seconds); one that does not block changes nothing where one is.

        So a disk that hangs, and for that drops what comes, is told once and not by turns.
        """
        with self._lock:
            if self.error is not None and not blocking:
                return
            self.blocking = blocking
            if blocking:
                self._retry_at = now + self._backoff.next()
            if self.error is None or str(self.error) != str(error):
                log.warning("%s.", _capital(str(error)))
                self._on_change(str(error))
            self.error = error

    def over(self) -> None:
        """A snapshot was written, or could be."""
        if self.error is None:
            return
        with self._lock:
            log.info("Snapshots are written again.")
            self.error, self.blocking = None, False
            self._backoff.reset()
            self._on_change(None)

    def retry_due(self, now: float) -> bool:
        """Whether it is time to try again."""
        return self.blocking and now >= self._retry_at


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
