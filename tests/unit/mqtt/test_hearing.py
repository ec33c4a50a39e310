"""A flood is told, and what it leaves behind at the broker is given up now and then."""

from __future__ import annotations

from itertools import pairwise

import pytest

from visaged.mqtt.hearing import FIRST_RELIEF_S, LONGEST_RELIEF_S, Hearing
from visaged.mqtt.incoming import Inbound


class Ear:
    """Somebody who hears, for ``seconds`` from ``now`` on, more than there is time for; or nothing."""

    def __init__(self) -> None:
        self.told: list[str | None] = []
        self._hearing = Hearing(Inbound(("a",), print, self.told.append))
        self.now = 1000.0

    def hear(self, seconds: float, *, is_flood: bool) -> list[float]:
        """When it asked for a new connection, in seconds from the beginning."""
        assert self._hearing.ration is not None
        began, asked = self.now, []
        while self.now < began + seconds:
            self.now += 0.5
            if is_flood and not self._hearing.ration.wait_s(self.now):
                self._hearing.ration.spend(0.05, self.now)
            if self._hearing.watch(self.now):
                asked.append(self.now - began)
        return asked


def test_a_flood_that_lasts_is_left_behind_less_and_less_often() -> None:
    ear = Ear()
    asked = ear.hear(1500, is_flood=True)
    gaps = [after - before for before, after in pairwise(asked)]
    assert asked[0] == pytest.approx(FIRST_RELIEF_S, abs=15)  # a while until it is one
    assert gaps == pytest.approx([40, 80, 160, *[LONGEST_RELIEF_S] * 3], abs=1)


def test_a_short_flood_is_told_and_over() -> None:
    ear = Ear()
    assert ear.hear(15, is_flood=True) + ear.hear(60, is_flood=False) == []
    assert [told and told[:12] for told in ear.told] == ["More is sent", None]


def test_the_next_flood_is_one_of_its_own() -> None:
    ear = Ear()
    first, _ = ear.hear(200, is_flood=True), ear.hear(60, is_flood=False)
    assert ear.hear(200, is_flood=True) == first
