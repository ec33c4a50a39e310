"""What was answered lately, so that a request that comes twice is obeyed once."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST, MOST_BYTES, SECONDS = 64, 256 * 1024, 600.0
"""Answers that are kept, their bytes together, and for how long."""

Key = tuple[str, str | int]
"""The name of a command, and the id of a request."""

IN_WORK = b""


class Kept:
    """The last answers by request, ``MOST`` at most; safe to use from several threads.

    ``clock`` gives monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: OrderedDict[Key, tuple[float, bytes]] = OrderedDict()

    def begin(self, key: Key) -> bytes | None:
        """None for a new request, which is in work from now on; else its answer, ``IN_WORK`` until there is one."""
        with self._lock:
            self._trim()
            if key in self._answers:
                return self._answers[key][1]
            self._answers[key] = self._clock(), IN_WORK
            return None

    def finish(self, key: Key, answer: bytes) -> None:
        """Keep the ``answer`` to a request that has begun."""
        with self._lock:
            if key in self._answers:
                self._answers[key] = self._answers[key][0], answer
                self._trim()

    def _trim(self) -> None:
        oldest = self._clock() - SECONDS
        size = sum(len(answer) for _, answer in self._answers.values())
        while self._answers:
            began, answer = next(iter(self._answers.values()))
            if began >= oldest and len(self._answers) <= MOST and size <= MOST_BYTES:
                return
            size -= len(answer)
            self._answers.popitem(last=False)
