"""How much may come at once, and how much for ever."""

from __future__ import annotations


class Tokens:
    """A bucket of ``burst`` tokens into which ``per_second`` drip. Times are monotonic seconds."""

    def __init__(self, burst: int, per_second: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._left = float(burst)
        self._since = 0.0

    def take(self, now: float) -> bool:
        """Take one; false where none is left."""
        self._left = min(self._burst, self._left + (now - self._since) * self._per_second)
        self._since = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
