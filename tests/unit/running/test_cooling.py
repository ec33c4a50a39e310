"""What is told of the steps against heat, on a made board."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from made.board import MadeBoard
from visaged.board.governor import Terms
from visaged.restraint import Restraint
from visaged.running.cooling import FLICKER_S, INTERVAL_S, Cooling

DWELL_S = 300.0
ONLY = "only 1/5 of the frames are processed"


class Cooled:
    """A made board that somebody looks at, the clock, and what was told."""

    def __init__(self, board: MadeBoard) -> None:
        self.board = board
        self.troubles: list[str | None] = []
        self.events: list[tuple[str, Any]] = []
        self.cooling = Cooling(board.root, Restraint(), self.troubles.append, self._announce)
        self.cooling.adopt(Terms((72, 76, 79), DWELL_S))
        self._now = 0.0

    def looks(self, seconds: float) -> None:
        """So often as is usual in that time."""
        for _ in range(int(seconds / INTERVAL_S)):
            self._now += INTERVAL_S
            self.cooling.look(self._now)

    def _announce(self, name: str, details: Mapping[str, Any]) -> None:
        self.events.append((name, details["reason"]))


@pytest.fixture
def cooled(made_board: MadeBoard) -> Cooled:
    """On the lowest step, at 90 degrees."""
    cooled = Cooled(made_board)
    made_board.zone(0, "cpu-thermal", 90)
    cooled.looks(2 * FLICKER_S)
    return cooled


def test_a_reason_that_changes_within_a_step_is_told_once_and_is_no_event(cooled: Cooled) -> None:
    for tenth in range(20):
        cooled.board.zone(0, "cpu-thermal", 50 - tenth / 10)
        cooled.looks(INTERVAL_S)
    assert cooled.troubles == [f"{ONLY}: 90.0 degrees, limit 79", f"{ONLY}: cooling down, 50.0 degrees"]
    assert cooled.events == [("throttled", "90.0 degrees, limit 79")]
    assert cooled.cooling.step.reason == "cooling down, 48.1 degrees"


def test_a_sensor_that_is_gone_is_told(cooled: Cooled) -> None:
    (cooled.board.root / "sys/class/thermal/thermal_zone0/temp").unlink()
    cooled.looks(DWELL_S + INTERVAL_S)
    assert cooled.troubles[-1] == f"{ONLY}: no temperature is known any more"
    cooled.looks(3 * DWELL_S)
    assert (cooled.troubles[-1], cooled.events[-1]) == (None, ("unthrottled", None))


def test_a_cause_that_comes_and_goes_is_not_told_each_time(cooled: Cooled) -> None:
    for number in range(30):
        cooled.board.throttled(number % 2)
        cooled.looks(INTERVAL_S)
    assert 1 < len(cooled.troubles) <= 1 + 60 / FLICKER_S
