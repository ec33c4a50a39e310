"""How long to wait before the next try: exponential growth with decorrelated jitter, between two bounds.

Formula: delay = min(maximum, uniform(minimum, 3 * previous delay)); M. Brooker, "Exponential Backoff and Jitter",
AWS Architecture Blog, 2015. The jitter keeps a fleet from returning to a restarted broker at the same instant.
"""

from __future__ import annotations

import random


class Backoff:
    """Delays in seconds within [minimum, maximum]; the first after ``reset`` is at most three times the minimum."""

    def __init__(self, minimum: float, maximum: float, rng: random.Random) -> None:
        if not 0 < minimum <= maximum:
            raise ValueError(f"Backoff needs 0 < minimum <= maximum, not {minimum} and {maximum}.")
        self._minimum = minimum
        self._maximum = maximum
        self._rng = rng
        self._previous = minimum

    def next(self) -> float:
        """The delay to wait now."""
        self._previous = min(self._maximum, self._rng.uniform(self._minimum, 3 * self._previous))
        return self._previous

    def reset(self) -> None:
        """Start over with short delays, because something worked."""
        self._previous = self._minimum
