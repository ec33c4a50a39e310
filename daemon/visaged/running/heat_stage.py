"""What keeps the board cool, under one configuration after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from visaged.board import files
from visaged.board.board import Board
from visaged.board.governor import Terms
from visaged.config.schema import ThermalSection
from visaged.lifecycle import Lifecycle
from visaged.restraint import Restraint
from visaged.running.cooling import Cooling


class HeatStage:
    """Off until ``adopt`` says otherwise.

    ``report`` is told what is wrong (None: nothing), ``announce`` is given the name and details of an event.
    """

    def __init__(
        self,
        board: Board,
        restraint: Restraint,
        report: Callable[[str | None], None],
        announce: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        self._profile = board.profile
        self._cooling = Cooling(files.root(), restraint, report, announce)
        self.cooling: Cooling | None = None
        """None where it is off."""

    def adopt(self, thermal: ThermalSection, *, may_leave_out: bool) -> None:
        """Go on with these settings; ``may_leave_out``: whether frames may be left out at all."""
        is_on = thermal.enabled and may_leave_out
        self.cooling = self._cooling if is_on else None
        self._cooling.adopt(Terms(self._profile.limits(thermal.limit_c), thermal.dwell_s) if is_on else None)

    def start(self, lifecycle: Lifecycle) -> None:
        """The thread that looks at the sensors."""
        lifecycle.thread("cooling", self._cooling.run)

    def stop(self) -> None:
        """End that thread."""
        self._cooling.stop()
