"""Does less while the board is too hot: reads its sensors, asks the governor, and tells what it decides."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from visaged.board.governor import Governor, Step
from visaged.board.thermal import temperature
from visaged.board.throttling import read_throttling
from visaged.restraint import Restraint

log = logging.getLogger("visaged")

INTERVAL_S = 2.0
"""Between two looks at the sensors: heat takes its time."""


class Cooling:
    """Watches the board below ``root``; ``run`` is for a thread of its own.

    ``report`` is told what is wrong (None: nothing), ``announce`` is given the name and details of an event.
    """

    def __init__(
        self,
        root: Path,
        governor: Governor,
        restraint: Restraint,
        report: Callable[[str | None], None],
        announce: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        self._root = root
        self._governor = governor
        self._restraint = restraint
        self._report = report
        self._announce = announce
        self._stopping = threading.Event()
        self.step = Step(0, None, None)

    def run(self) -> None:
        """Until ``stop``."""
        while not self._stopping.wait(INTERVAL_S):
            self.look(time.monotonic())

    def stop(self) -> None:
        """End ``run``."""
        self._stopping.set()

    def look(self, now: float) -> None:
        """Read the sensors at ``now`` (monotonic seconds), and do as the governor says."""
        throttling = read_throttling(self._root)
        before = self.step
        self.step = self._governor.update(now, temperature(self._root), throttling.now if throttling else ())
        if self.step.level != before.level:
            self._restraint.divisor = self.step.divisor
            self._tell()

    def _tell(self) -> None:
        step = self.step
        if step.level:
            trouble = f"only 1/{step.divisor} of the frames are processed: {step.reason}"
            log.warning("To cool the board, %s.", trouble)
        else:
            trouble = None
            log.info("The board is cool enough for all frames again.")
        self._announce("throttled" if step.level else "unthrottled", details(step))
        self._report(trouble)


def details(step: Step) -> dict[str, Any]:
    """A step, as ``event`` and ``health`` tell it."""
    return {
        "step": step.level,
        "rate": round(1 / step.divisor, 3),
        "temperature_c": None if step.temperature is None else round(step.temperature, 1),
        "reason": step.reason,
    }
