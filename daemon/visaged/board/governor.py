"""When to do less because of heat: pure decisions, from readings that somebody else takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

DIVISORS = (1, 2, 3, 5)
"""By step: one of so many frames is processed."""

HYSTERESIS_C = 4.0
"""How far below the temperature at which a step was taken it must be before that is taken back."""


@dataclass(frozen=True, slots=True)
class Step:
    """How much less is done: ``level`` 0 is everything, see ``DIVISORS``.

    ``temperature`` in degrees Celsius, None where it was never known; ``reason`` is None on level 0.
    """

    level: int
    temperature: float | None
    reason: str | None

    @property
    def divisor(self) -> int:
        """One of so many frames is processed."""
        return DIVISORS[self.level]


@dataclass(frozen=True, slots=True)
class Terms:
    """The temperatures ``limits``, rising, in degrees Celsius, and ``dwell_s`` in seconds; see ``Governor``."""

    limits: tuple[float, ...]
    dwell_s: float


class Governor:
    """Takes a step down (does less) at each of the limits of its terms, and one more while the machine says that it is
    slowed down.

    Two readings in a row must ask for it, for sensors have their moments. Steps are taken back one at a time, after
    ``dwell_s`` seconds in which it was ``HYSTERESIS_C`` cooler. While the sensor says nothing its last reading counts.
    ``terms`` may be exchanged: steps that were taken by others are taken back by the new ones.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._level = 0
        self._asked_before = 0
        self._temperature: float | None = None
        self._cool_since: float | None = None
        self._reason: str | None = None

    def update(self, now: float, temperature: float | None, causes: Sequence[str]) -> Step:
        """The step to be on at ``now`` (monotonic seconds), where ``causes`` says why the machine is slowed down."""
        if temperature is not None:
            self._temperature = temperature
        asked = self._asked(0.0, causes)
        down = min(asked, self._asked_before)
        self._asked_before = asked
        if down > self._level:
            self._level, self._cool_since = down, None
        else:
            self._rise(now, causes)
        if asked:
            self._reason = self._why(causes)
        return Step(self._level, self._temperature, self._reason if self._level else None)

    def _rise(self, now: float, causes: Sequence[str]) -> None:
        if self._asked(HYSTERESIS_C, causes) >= self._level:
            self._cool_since = None
        elif self._cool_since is None:
            self._cool_since = now
        elif now - self._cool_since >= self.terms.dwell_s:
            self._level, self._cool_since = self._level - 1, now

    def _asked(self, margin: float, causes: Sequence[str]) -> int:
        """The level that the temperature plus ``margin`` and the machine ask for."""
        heat = (
            0 if self._temperature is None else sum(self._temperature + margin >= limit for limit in self.terms.limits)
        )
        return min(heat + bool(causes), len(DIVISORS) - 1)

    def _why(self, causes: Sequence[str]) -> str:
        passed = [limit for limit in self.terms.limits if self._temperature is not None and self._temperature >= limit]
        heat = [f"{self._temperature:.1f} degrees, limit {passed[-1]:g}"] if passed else []
        return ", ".join([*heat, *causes])
