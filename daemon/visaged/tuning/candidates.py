"""What is tried, and which of the results is the best one: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from visaged.vision.session import Execution

MOST_THREADS = 8

FAST_ENOUGH = 0.97
"""Of the wanted rate: a measurement of some seconds begins and ends between two frames."""

AS_CHEAP = 1.05
"""Times the least CPU: as much as measurements of the same thing differ. Among these latency decides."""


@dataclass(frozen=True, slots=True)
class Result:
    """One trial: frames per second that were processed, per cent of one core, latency from capture in milliseconds.

    ``overlap``: a thread took frames while another ran the networks, as the daemon does; else one did both in turn.
    """

    execution: Execution
    overlap: bool
    fps: float
    cpu_percent: float
    latency_p50_ms: float
    latency_p95_ms: float

    def keeps_up(self, wanted_fps: float) -> bool:
        """Whether it meets the rate."""
        return self.fps >= FAST_ENOUGH * wanted_fps


def candidates(cores: int) -> list[Execution]:
    """What to try with so many cores: one thread and more, spinning or not, with and without arena.

    One thread has nobody to wait for, so it does not spin.
    """
    counts = sorted({count for count in (1, 2, 4, min(cores, MOST_THREADS)) if count <= cores})
    return [
        Execution(threads, spinning, arena)
        for threads in counts
        for spinning in ((False, True) if threads > 1 else (False,))
        for arena in (True, False)
    ]


def best(results: Sequence[Result], wanted_fps: float) -> Result:
    """The cheapest that meets the rate, of equally cheap ones the quickest; the fastest where none meets it."""
    fast = [result for result in results if result.keeps_up(wanted_fps)]
    if not fast:
        return max(results, key=lambda result: result.fps)
    limit = AS_CHEAP * min(result.cpu_percent for result in fast)
    return min((one for one in fast if one.cpu_percent <= limit), key=lambda one: one.latency_p50_ms)
