"""How long a camera is given for its first picture: at first as long as allowed, then by what it took last time."""

from __future__ import annotations

LEAST_S = 2.0
TIMES_LONGER = 3.0


class Opening:
    """Learns from each opening; one that hangs is then noticed soon, and one that is slow gets twice as long each time.

    ``limit_s``: the longest that it ever gets, in seconds.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._patience_s = limit_s
        self._waits = False

    @property
    def patience_s(self) -> float:
        """Seconds that the next opening may take."""
        return self._patience_s

    def began(self) -> None:
        """The camera was opened; the time before came to nothing where no picture has arrived since."""
        if self._waits:
            self._patience_s = min(self._limit_s, 2 * self._patience_s)
        self._waits = True

    def arrived(self, after_s: float) -> None:
        """A picture, ``after_s`` seconds after the opening; only the first of each opening counts."""
        if self._waits:
            self._waits = False
            self._patience_s = min(self._limit_s, max(LEAST_S, TIMES_LONGER * after_s))
