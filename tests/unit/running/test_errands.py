"""When a restart is asked for."""

from __future__ import annotations

from typing import cast

import pytest

from visaged.config.loader import DEFAULTS
from visaged.lifecycle import Ending, Lifecycle
from visaged.mqtt.incoming import Incoming
from visaged.running.commands import Commands
from visaged.running.errands import SHORTEST_LIFE_S, Errands, Obeying
from visaged.running.link import Link, terms


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Restarting:
    """Commands of a daemon whose connection has not begun; ``lifecycle`` is what they end."""

    def __init__(self, is_supervised: bool) -> None:
        self.clock, self.lifecycle = Clock(), Lifecycle()
        self._link = Link(terms(DEFAULTS.config), print, print)
        errands = Errands(self.lifecycle, DEFAULTS, print, print, is_supervised=is_supervised, clock=self.clock)
        nobody = cast(Obeying, None)  # a restart concerns no app
        self.commands: Commands = errands.take_on(nobody, self._link, ["restart"])

    def ask(self) -> Ending | None:
        """What the daemon is told after a request for a restart."""
        topic = self._link.topics.commands[0].replace("+", "restart")
        self.commands.receive(Incoming(topic, b"", False))
        return cast("Ending | None", self.lifecycle.wait(0))


def test_a_restart_ends_a_daemon_that_is_started_again_and_has_lived_for_a_while() -> None:
    restarting = Restarting(is_supervised=True)
    assert restarting.ask() is None
    restarting.clock.now += SHORTEST_LIFE_S
    assert restarting.ask() == Ending("a restart was asked for", is_order=True)
    assert restarting.commands.counts == {"taken": 1, "repeated": 0, "refused": 1}


@pytest.mark.parametrize("lived_s", [0.0, 1e6])
def test_a_daemon_that_nobody_starts_again_does_not_end(lived_s: float) -> None:
    restarting = Restarting(is_supervised=False)
    restarting.clock.now += lived_s
    assert restarting.ask() is None and restarting.commands.counts["refused"] == 1
