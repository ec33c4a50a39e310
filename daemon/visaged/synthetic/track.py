"""A number that goes from one value to the next, as a muscle moves what it moves."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

Range = tuple[float, float]


class Track:
    """Keeps ``value`` until it is moved; times are seconds and only grow."""

    def __init__(self, value: float = 0.0) -> None:
        self._times = [0.0]
        self._values = [value]

    @property
    def end(self) -> float:
        """When the last movement is over."""
        return self._times[-1]

    def move(self, start: float, duration: float, value: float) -> float:
        """Go to ``value`` from ``start`` on, or the end of the last movement where that is later; gives the end."""
        start = max(start, self.end)
        self._times += [start, start + duration]
        self._values += [self._values[-1], value]
        return self.end

    def there_and_back(self, random: np.random.Generator, start: float, value: float, way: Range, stay: Range) -> float:
        """Go to ``value``, stay, and come back to where it was; ``way`` and ``stay`` are ranges of seconds."""
        home = self._values[-1]
        there = self.move(start, random.uniform(*way), value)
        return self.move(there + random.uniform(*stay), random.uniform(*way), home)

    def wander(self, random: np.random.Generator, end: float, spread: float, way: Range) -> float:
        """Go from one place to the next around where it is until ``end``, and be back there by then."""
        home = self._values[-1]
        while (duration := random.uniform(*way)) < end - self.end - way[1]:
            self.move(self.end, duration, home + float(np.clip(random.normal(), -2, 2)) * spread)
        return self.move(self.end, max(end - self.end, 0.01), home)

    def at(self, t: float) -> float:
        """The value at a time; between two it changes with the least jerk (Flash and Hogan, 1985)."""
        after = bisect_right(self._times, t)
        if after in (0, len(self._times)):
            return self._values[max(after - 1, 0)]
        start, end = self._times[after - 1], self._times[after]
        share = (t - start) / (end - start)
        eased = share**3 * (10 - 15 * share + 6 * share**2)
        return self._values[after - 1] + (self._values[after] - self._values[after - 1]) * eased
