"""How long the stages take and how many frames pass: a sliding window of measurements."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping

import numpy as np

WINDOW = 1024
"""Measurements remembered for each stage: half a minute at 30 frames a second."""


class StageTimes:
    """Collects durations by stage; any thread may record, any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds: dict[str, deque[float]] = {}

    def record(self, stage: str, seconds: float) -> None:
        """Remember that ``stage`` took ``seconds``."""
        with self._lock:
            self._seconds.setdefault(stage, deque(maxlen=WINDOW)).append(seconds)

    def forget(self) -> None:
        """Begin a new window."""
        with self._lock:
            self._seconds.clear()

    def percentiles(self) -> Mapping[str, tuple[float, float, float]]:
        """Per stage the 50th, 95th and 99th percentile of the window in milliseconds."""
        with self._lock:
            windows = {stage: list(values) for stage, values in self._seconds.items()}
        return {stage: _percentiles(values) for stage, values in windows.items()}


class Rate:
    """Frames per second since the last time somebody asked, at first since ``now`` in seconds, when there were
    ``count``."""

    def __init__(self, now: float, count: int = 0) -> None:
        self._since = now
        self._count = count

    def update(self, count: int, now: float) -> float:
        """The rate since the last call, where ``count`` is the running total at time ``now`` in seconds."""
        elapsed, passed = now - self._since, count - self._count
        self._since, self._count = now, count
        return passed / elapsed if elapsed > 0 else 0.0


def _percentiles(seconds: list[float]) -> tuple[float, float, float]:
    p50, p95, p99 = (np.percentile(seconds, (50, 95, 99)) * 1000).tolist()
    return p50, p95, p99
