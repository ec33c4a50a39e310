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

    ``temperature`` in degrees Celsius, None where it is not known; ``reason`` is None on level 0. ``grounds`` is what
    the reason speaks of, without the degrees, which always change.
    """

    level: int
    temperature: float | None
    reason: str | None
    grounds: tuple[str, ...] = ()

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
    ``dwell_s`` seconds in which it was ``HYSTERESIS_C`` cooler. The last reading of a sensor that falls silent counts
    for ``dwell_s`` seconds; then no temperature is known, and none asks for a step, as on a machine without a sensor.
    ``terms`` may be exchanged: steps that were taken by others are taken back by the new ones.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._level = 0
        self._asked_before = 0
        self._temperature: float | None = None
        self._heard_at: float | None = None
        self._cool_since: float | None = None

    def update(self, now: float, temperature: float | None, causes: Sequence[str]) -> Step:
        """The step to be on at ``now`` (monotonic seconds), where ``causes`` says why the machine is slowed down."""
        self._hear(now, temperature)
        asked = self._asked(0.0, causes)
        down = min(asked, self._asked_before)
        self._asked_before = asked
        if down > self._level:
            self._level, self._cool_since = down, None
        else:
            self._rise(now, causes)
        return self._step(causes)

    def _hear(self, now: float, temperature: float | None) -> None:
        if temperature is not None:
            self._temperature, self._heard_at = temperature, now
        elif self._heard_at is not None and now - self._heard_at >= self.terms.dwell_s:
            self._temperature = None

    def _rise(self, now: float, causes: Sequence[str]) -> None:
        asked = self._asked(HYSTERESIS_C, causes)
        if asked < self._level and self._cool_since is not None and now - self._cool_since >= self.terms.dwell_s:
            self._level, self._cool_since = self._level - 1, now
        if asked >= self._level:
            self._cool_since = None
        elif self._cool_since is None:
            self._cool_since = now

    def _asked(self, margin: float, causes: Sequence[str]) -> int:
        """The level that the temperature plus ``margin`` and the machine ask for."""
        return min(len(self._passed(margin)) + bool(causes), len(DIVISORS) - 1)

    def _passed(self, margin: float) -> list[float]:
        """The limits that the temperature plus ``margin`` has come to."""
        degrees = self._temperature
        return [] if degrees is None else [limit for limit in self.terms.limits if degrees + margin >= limit]

    def _step(self, causes: Sequence[str]) -> Step:
        if not self._level:
            return Step(0, self._temperature, None)
        degrees = "" if self._temperature is None else f"{self._temperature:.1f} degrees"
        words = [*self._heat(degrees, causes), *causes]
        grounds = tuple(word for word in words if word != degrees)
        return Step(self._level, self._temperature, ", ".join(filter(None, words)), grounds)

    def _heat(self, degrees: str, causes: Sequence[str]) -> list[str]:
        """Beside ``causes``: what holds the step, or why it is still there where nothing does."""
        if self._cool_since is None:
            passed = self._passed(0.0 if causes else HYSTERESIS_C)[: self._level]
            return [degrees, f"limit {passed[-1]:g}"] if passed else []
        is_lost = self._temperature is None and self._heard_at is not None
        return ["no temperature is known any more"] if is_lost else ["cooling down", degrees]
