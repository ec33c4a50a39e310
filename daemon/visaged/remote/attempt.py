"""A configuration on trial."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from visaged.config import Config, Loaded, Patch, changed
from visaged.config.keys import Key
from visaged.remote.expectation import comparable, opening_s
from visaged.remote.gates import Before, Bounds, Gates, Signs
from visaged.remote.report import Trial


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

    def told(self) -> Trial:
        """What is reported of it."""
        return Trial(self.since, self.since + self.seconds, self.gates.facts())
