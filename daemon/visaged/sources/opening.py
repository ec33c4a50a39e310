"""How patiently a camera is opened, and how soon again: both by how long it has been away. One that is back after a
hiccup is found within a moment, one that stays away is left alone, and both within bounds."""

from __future__ import annotations

import math
import random

LEAST_S = 1.0
TIMES_LONGER = 3.0
SHARE = 0.25
"""Of the time that a camera has been away: as long may it take to open, now and then, and as long is waited before."""

PATIENT = 0.2
"""Of the time may be spent on openings that get longer than the camera has ever needed: one that hangs when opened may
be well again meanwhile, which only another opening finds out."""

SOON_S = 1.5
SPENT = 0.015
"""Two openings begin no longer after each other than this where that costs no more of a core than that."""

_JITTER = 0.8


class Opening:
    """Learns from each opening: one that was quick gets three times what it took, one never seen all that it may get.
    Where that is too little, as after it was moved to a slower network, it gets more from time to time.

    ``limit_s``: the longest that an opening ever gets; ``wait_s``: bounds of the wait between two. All in seconds, the
    clock is the caller's. ``rng`` keeps devices with a server in common from coming back to it at the same instant.
    """

    def __init__(self, limit_s: float, wait_s: tuple[float, float], rng: random.Random) -> None:
        self._limit_s = limit_s
        self._wait_s = wait_s
        self._rng = rng
        self._known_s = limit_s
        self._is_first = False
        self._away_since: float | None = None
        self._waits_since: float | None = None
        self._opened_at = self._patient_at = -math.inf

    def patience_s(self, now: float) -> float:
        """Seconds that an opening may take that begins ``now``."""
        self._opened_at = now
        away = 0.0 if self._away_since is None else now - self._away_since
        patient_s = min(self._limit_s, SHARE * away)
        if patient_s <= self._known_s or now < self._patient_at:
            return self._known_s
        self._patient_at = now + patient_s / PATIENT
        return patient_s

    def began(self) -> None:
        """The camera was opened; a picture is yet to come."""
        self._is_first = True

    def arrived(self, after_s: float) -> None:
        """A picture, ``after_s`` seconds after the opening; only the first of each opening counts."""
        if self._is_first:
            self._is_first = False
            self._known_s = min(self._limit_s, max(LEAST_S, TIMES_LONGER * after_s))

    def lost(self, now: float, cost_s: float, *, is_of_no_use: bool = False) -> float:
        """There are no pictures, or none that are any good; the seconds to wait before the next opening.

        ``cost_s``: the processor's seconds that the last one took, with all that came of it; ``is_of_no_use``: another
        would come to the same.
        """
        self._away_since = now if self._away_since is None else self._away_since
        self._waits_since = now if self._waits_since is None else self._waits_since
        least, most = self._wait_s
        if is_of_no_use:
            return most
        longest = min(most, max(SOON_S, cost_s / SPENT))
        apart = min(longest, SHARE * (now - self._waits_since) * self._rng.uniform(_JITTER, 1.0))
        return max(least, apart - (now - self._opened_at))

    def returned(self) -> None:
        """What was not there is there again: waits are short once more."""
        self._waits_since = None
        self._patient_at = -math.inf

    def settled(self) -> None:
        """It has given good pictures for long enough to be trusted."""
        self._away_since = self._waits_since = None
