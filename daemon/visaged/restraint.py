"""Processing fewer frames than there are, so that the processor can rest."""

from __future__ import annotations


class Restraint:
    """Lets one of every ``divisor`` frames through, which any thread may set.

    Where the pipeline cannot keep up with its camera anyway, frames are not what it lacks: so it also rests until
    ``divisor`` times as long as the last frame took has passed since that was begun.
    """

    def __init__(self) -> None:
        self.divisor = 1
        self._passed = 0
        self._rested = 0.0

    def admits(self, skipped: int, now: float) -> bool:
        """Whether to process a frame that comes after ``skipped`` others, at ``now`` (monotonic seconds)."""
        self._passed += 1 + skipped
        return self.divisor == 1 or (self._passed >= self.divisor and now >= self._rested)

    def done(self, began: float, now: float) -> None:
        """A frame was processed."""
        self._passed = 0
        self._rested = began + self.divisor * (now - began)
