"""What systemd is told of a running daemon: that it is ready, that it gets on, and how it is in a line."""

from __future__ import annotations

import time
from typing import Protocol

from visaged.pipeline import Counts
from visaged.progress import Progress
from visaged.stages import Rate
from visaged.systemd.notify import Notifier

UNREADY_TICK_S, TICK_S = 0.1, 1.0
"""How often it is looked whether there is something to tell: while systemd waits for the start, and later."""

STATUS_S = 5.0
"""Between two lines for ``systemctl status``. When something goes wrong or right there is one at once, which leaves out
what is to be measured anew, and the next a tick later."""


class Supervised(Protocol):
    """What is looked at; ``trouble`` is what is wrong, ``latency_ms`` the median, None before the first frame."""

    @property
    def progress(self) -> Progress: ...

    @property
    def is_ready(self) -> bool: ...

    @property
    def counts(self) -> Counts: ...

    @property
    def latency_ms(self) -> float | None: ...

    @property
    def trouble(self) -> str | None: ...


class Supervision:
    """Looks at one after the other of what is ``Supervised``; belongs to one thread, which calls ``look`` every
    ``tick_s`` seconds.

    systemd's watchdog is fed where ``progress`` was made since it was fed last, never because time has passed.
    """

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier
        self._watched: Supervised | None = None
        self._is_ready = False
        self._told: str | None = None
        self._next_status = 0.0

    @property
    def tick_s(self) -> float:
        """Seconds until the next look."""
        return TICK_S if self._is_ready else UNREADY_TICK_S

    def watch(self, watched: Supervised) -> None:
        """From now on look at ``watched``, which has just begun."""
        if self._watched is not None:
            self._notifier.watchdog()  # going over to another is progress
        self._watched = watched
        self._is_ready = False
        self._rate: Rate | None = None
        self._notifier.status("starting")

    def look(self) -> None:
        """Tell systemd what there is to tell."""
        if self._watched is None:
            return
        if not self._is_ready and self._watched.is_ready:
            self._is_ready = True
            self._notifier.ready()
        if self._watched.progress.made():
            self._notifier.watchdog()
        if self._is_ready:
            self._tell_status(self._watched, time.monotonic())

    def _tell_status(self, watched: Supervised, now: float) -> None:
        trouble, processed = watched.trouble, watched.counts.processed
        if self._rate is None or trouble != self._told:
            self._told, self._rate, self._next_status = trouble, Rate(now, processed), now + TICK_S
            self._notifier.status(describe(trouble))
        elif now >= self._next_status:
            self._next_status = now + STATUS_S
            fps = self._rate.update(processed, now)
            self._notifier.status(describe(trouble, fps, watched.latency_ms, watched.counts.faces))


def describe(trouble: str | None, fps: float | None = None, latency_ms: float | None = None, faces: int = 0) -> str:
    """How it goes, in a line; ``latency_ms`` is the median from capture to publish, ``fps`` None where it is not known
    yet."""
    state = "online" if trouble is None else f"degraded: {trouble}"
    if fps is None:
        return state
    if fps == 0 or latency_ms is None:
        return f"{state}; no frames" if trouble is None else state
    return f"{state}; {fps:.1f} fps, latency {latency_ms:.1f} ms (p50), {faces} face{'' if faces == 1 else 's'}"
