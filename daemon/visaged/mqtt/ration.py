"""How much of a processor may be spent on what others send. Pure."""

from __future__ import annotations

REST_S = 0.25
"""A ration that is used up rests for so long, instead of waking for each message."""

FLOOD_S = 2.0
"""A ration that was used up, and was not whole again for so long, has to do with more than a burst."""


class Ration:
    """``share`` of a core in the long run, and ``burst_s`` seconds of one at once; times are monotonic seconds.

    Where it is used up, whoever reads waits, the connection's buffers fill, and the broker drops what does not fit.
    """

    def __init__(self, share: float, burst_s: float) -> None:
        self._share = share
        self._burst_s = burst_s
        self._left_s = burst_s
        self._at = 0.0
        self._rests = False
        self._strained_since: float | None = None

    def spend(self, cpu_s: float, now: float) -> None:
        """``cpu_s`` seconds of processor time were spent until ``now``."""
        self._refill(now)
        self._left_s -= cpu_s
        if self._left_s <= 0.0:
            self._rests = True
            self._strained_since = self._strained_since or now

    def wait_s(self, now: float) -> float:
        """Seconds until something may be spent again; 0 where it may be at once."""
        self._refill(now)
        missing_s = min(REST_S * self._share, self._burst_s) - self._left_s
        self._rests = self._rests and missing_s > 0.0
        return missing_s / self._share if self._rests else 0.0

    def is_flooded(self, now: float) -> bool:
        """Whether more has been coming for a while than it is enough for."""
        self._refill(now)
        return self._strained_since is not None and now - self._strained_since > FLOOD_S

    def _refill(self, now: float) -> None:
        self._left_s = min(self._burst_s, self._left_s + (now - self._at) * self._share)
        self._at = now
        if self._left_s == self._burst_s:
            self._strained_since = None
