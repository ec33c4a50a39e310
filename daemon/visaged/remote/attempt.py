"""A configuration on trial."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from visaged.config import Config, Loaded
from visaged.remote.expectation import comparable
from visaged.remote.gates import Before, Bounds, Gates, Signs
from visaged.remote.report import Trial


@dataclass(slots=True)
class Attempt:
    """``before`` was in force before it; ``began`` is monotonic, ``since`` seconds since the epoch."""

    before: Loaded
    gates: Gates
    seconds: float
    began: float
    since: float = field(default_factory=time.time)

    @classmethod
    def begin(cls, before: Loaded, how_it_went: Before, signs: Signs, config: Config) -> Attempt:
        """``config`` has just come into force instead of ``before``."""
        remote = config.remote
        expected = comparable(how_it_went, before.config, config)
        gates = Gates(signs, expected, Bounds(remote.rate_bound, remote.latency_bound), remote.trial_s)
        return cls(before, gates, remote.trial_s, signs.now)

    def is_over(self, now: float) -> bool:
        """Whether it has lasted long enough."""
        return now - self.began >= self.seconds

    def told(self) -> Trial:
        """What is reported of it."""
        return Trial(self.since, self.since + self.seconds, self.gates.facts())
