"""A configuration on trial."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from visaged.config import Config, Loaded, Patch, changed
from visaged.config.keys import Key
from visaged.remote.expectation import comparable, opening_s
from visaged.remote.gates import Before, Bounds, Gates, Signs
from visaged.remote.report import Trial

TELLINGS = 10
"""How often at most it is told within a trial that its gates have changed, which those of a slow camera do all the
time."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A configuration, and what of it came from afar."""

    loaded: Loaded
    patch: Patch | None


@dataclass(slots=True)
class Attempt:
    """``before`` was in force before it, and went as ``how_it_went``; ``began`` is monotonic, ``since`` seconds since
    the epoch."""

    before: InForce
    how_it_went: Before
    gates: Gates
    seconds: float
    began: float
    since: float = field(default_factory=time.time)
    _states: Mapping[str, str] = field(default_factory=dict)
    _told: float = 0.0

    @classmethod
    def begin(cls, before: InForce, how_it_went: Before, signs: Signs, config: Config, keys: Iterable[Key]) -> Attempt:
        """``config`` has just come into force instead of ``before``, with which ``keys`` have changed; not all that
        differ have where another one was on trial."""
        remote = config.remote
        old = before.loaded.config
        expected = comparable(how_it_went, old, config)
        opening = opening_s((*keys, *changed(old, config)), config)
        bounds = Bounds(remote.rate_bound, remote.latency_bound)
        gates = Gates(signs, expected, bounds, remote.trial_s, opening)
        return cls(before, how_it_went, gates, remote.trial_s, signs.now)

    def is_over(self, now: float) -> bool:
        """Whether it has lasted long enough."""
        return now - self.began >= self.seconds

    def has_news(self, now: float) -> bool:
        """Whether a gate has changed since the last time that one had; not again too soon."""
        states = {name: told["state"] for name, told in self.gates.facts().items()}
        if states == self._states or now - self._told < self.seconds / TELLINGS:
            return False
        self._states, self._told = states, now
        return True

    def told(self) -> Trial:
        """What is reported of it."""
        return Trial(self.since, self.since + self.seconds, self.gates.facts())
