"""When a file's frames are due."""

from __future__ import annotations


class TimeLine:
    """A file's own time, played once or over and over, laid onto the monotonic clock; ``step`` is seconds a frame."""

    def __init__(self, step: float) -> None:
        self._step = step
        self._start = 0.0
        self._last: float | None = None

    def due(self, t: float, now: float) -> float:
        """When the frame at ``t`` (seconds in the file) is due: the first now, a repetition one step after the end."""
        if self._last is None:
            self._start = now - t
        elif t <= self._last:
            self._start += self._last + self._step - t
        self._last = t
        return self._start + t
