"""Does less while the board is too hot: reads its sensors, asks the governor, and tells what it decides."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from visaged.board.governor import Governor, Step, Terms
from visaged.board.thermal import temperature
from visaged.board.throttling import read_throttling
from visaged.restraint import Restraint

log = logging.getLogger("visaged")

INTERVAL_S = 2.0
"""Between two looks at the sensors: heat takes its time."""

FLICKER_S = 30.0
"""For so long what was told of a step stands, even if its reason changes: supplies and sensors have their moments."""

NONE = Step(0, None, None)


class Cooling:
    """Watches the board below ``root`` where ``adopt`` says so; ``run`` is for a thread of its own.

    ``report`` is told what is wrong (None: nothing), ``announce`` is given the name and details of an event.
    """

    def __init__(
        self,
        root: Path,
        restraint: Restraint,
        report: Callable[[str | None], None],
        announce: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        self._root = root
        self._restraint = restraint
        self._report = report
        self._announce = announce
        self._terms: Terms | None = None
        self._governor: Governor | None = None
        self._is_stopping = False
        self._wake = threading.Event()
        self._told: tuple[str, ...] = ()
        self._told_at = 0.0
        self.step = NONE

    def adopt(self, terms: Terms | None) -> None:
        """Any thread: go on under ``terms``, None: process all frames, however hot it is."""
        if terms != self._terms:
            self._terms = terms
            self._wake.set()

    def run(self) -> None:
        """Until ``stop``."""
        while not self._is_stopping:
            self.look(time.monotonic())
            self._wake.wait(INTERVAL_S if self._terms is not None else None)
            self._wake.clear()

    def stop(self) -> None:
        """End ``run``."""
        self._is_stopping = True
        self._wake.set()

    def look(self, now: float) -> None:
        """Read the sensors at ``now`` (monotonic seconds), and do as the governor says."""
        before, self.step = self.step, self._judged(now)
        if self.step.level != before.level:
            self._restraint.divisor = self.step.divisor
            self._announce("throttled" if self.step.level else "unthrottled", details(self.step))
            _log(self.step)
            self._tell(now)
        elif self.step.grounds != self._told and now - self._told_at >= FLICKER_S:
            self._tell(now)

    def _judged(self, now: float) -> Step:
        terms = self._terms
        if terms is None:
            self._governor = None
            return NONE
        if self._governor is None:
            self._governor = Governor(terms)
        self._governor.terms = terms
        throttling = read_throttling(self._root)
        return self._governor.update(now, temperature(self._root), throttling.now if throttling else ())

    def _tell(self, now: float) -> None:
        self._told, self._told_at = self.step.grounds, now
        self._report(_trouble(self.step))


def details(step: Step) -> dict[str, Any]:
    """A step, as ``event`` and ``health`` tell it."""
    return {
        "step": step.level,
        "rate": round(1 / step.divisor, 3),
        "temperature_c": None if step.temperature is None else round(step.temperature, 1),
        "reason": step.reason,
    }


def _trouble(step: Step) -> str | None:
    return f"only 1/{step.divisor} of the frames are processed: {step.reason}" if step.level else None


def _log(step: Step) -> None:
    if step.level:
        log.warning("To cool the board, %s.", _trouble(step))
    else:
        log.info("All frames are processed again.")
