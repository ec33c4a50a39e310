"""How it has been going. Pure."""

from __future__ import annotations

from collections import deque

from visaged.remote.gates import Before, Signs

START_S, LONGEST_START_S = 2.0, 15.0
"""How long it must have been going before something new is compared with it: where it goes well, and where it does
not, which is then taken for how it is."""


class History:
    """Of the last seconds since ``began`` (monotonic), when the camera was opened or something was put on trial."""

    SPAN_S = 10.0

    def __init__(self, began: float) -> None:
        self._signs: deque[Signs] = deque()
        self._began = self._well = began

    def add(self, signs: Signs) -> None:
        """Remember what is not too old; where nobody has looked for so long, or frames count from nothing again, it
        begins anew."""
        last = self._signs[-1] if self._signs else signs
        if signs.now - last.now > self.SPAN_S or signs.frames < last.frames:
            self._signs.clear()
            self._began = self._well = signs.now
        self._signs.append(signs)
        while signs.now - self._signs[0].now > self.SPAN_S:
            self._signs.popleft()
        if self.before().camera:
            self._well = signs.now

    def before(self) -> Before:
        """How it goes."""
        if not self._signs:
            return Before(None, None, camera=False, broker=False)
        first, last = self._signs[0], self._signs[-1]
        passed = last.now - first.now
        fps = (last.frames - first.frames) / passed if passed > 0.5 else None
        return Before(fps or None, last.latency_ms, last.camera is None and bool(fps), last.broker is None)

    def is_telling(self, now: float) -> bool:
        """Whether something new can be compared with it at ``now``, or never will be."""
        if self.before().camera:
            return now - self._began >= START_S
        return now - self._well >= LONGEST_START_S
