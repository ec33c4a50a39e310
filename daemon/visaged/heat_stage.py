"""What keeps the board cool under one configuration, where that is on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from visaged.board import files
from visaged.board.board import Board
from visaged.board.governor import Governor
from visaged.config.schema import ThermalSection
from visaged.cooling import Cooling
from visaged.lifecycle import Lifecycle
from visaged.restraint import Restraint


class HeatStage:
    """``may_leave_out``: whether frames may be left out at all. ``report`` is told what is wrong (None: nothing),
    ``announce`` is given the name and details of an event."""

    def __init__(
        self,
        thermal: ThermalSection,
        board: Board,
        restraint: Restraint,
        report: Callable[[str | None], None],
        announce: Callable[[str, Mapping[str, Any]], None],
        *,
        may_leave_out: bool,
    ) -> None:
        self._restraint = restraint
        self._report = report
        self.cooling: Cooling | None = None
        if thermal.enabled and may_leave_out:
            governor = Governor(board.profile.limits(thermal.limit_c), thermal.dwell_s)
            self.cooling = Cooling(files.root(), governor, restraint, report, announce)

    def start(self, lifecycle: Lifecycle) -> None:
        """The thread that looks at the sensors, where it is on."""
        if self.cooling is not None:
            lifecycle.thread("cooling", self.cooling.run)

    def stop(self) -> None:
        """All frames are processed again."""
        if self.cooling is not None:
            self.cooling.stop()
            self._restraint.divisor = 1
            self._report(None)
