"""Frames of a file that is processed in full wait until a broker that is there has caught up."""

from __future__ import annotations

import threading

from visaged.mqtt.client import Publisher
from visaged.progress import Progress

WAIT_S = 0.002
"""How long a file that is processed in full waits before it looks again whether the broker has caught up."""

LIMIT = 8
"""Messages that may wait for the broker."""


class BackPressure:
    """``wait`` is back at the latest when ``stopping`` is set; waiting is ``progress``."""

    def __init__(self, progress: Progress, stopping: threading.Event) -> None:
        self._progress = progress
        self._stopping = stopping

    def wait(self, publisher: Publisher) -> None:
        """Until ``publisher`` has caught up, or has nobody to publish to."""
        while _is_behind(publisher) and not self._stopping.wait(WAIT_S):
            self._progress.round()
            self._progress.waited()


def _is_behind(publisher: Publisher) -> bool:
    broker = publisher.stats
    return broker.connected and broker.backlog > LIMIT
