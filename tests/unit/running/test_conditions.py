"""One state from several troubles."""

from __future__ import annotations

import threading
from itertools import pairwise

from visaged.running.conditions import Conditions


class Told(list[tuple[str, "str | None"]]):
    """Everything that was told."""

    def note(self, state: str, reason: str | None) -> None:
        self.append((state, reason))


def test_it_is_online_when_the_last_trouble_is_over() -> None:
    told = Told()
    conditions = Conditions({"camera": "starting"}, told.note)
    conditions.report("snapshots", "the disk is full")
    conditions.report("camera", None)
    conditions.report("snapshots", None)
    assert told == [("degraded", "starting; the disk is full"), ("degraded", "the disk is full"), ("online", None)]


def test_reasons_have_an_order_whoever_came_first() -> None:
    told = Told()
    conditions = Conditions({}, told.note)
    for condition in ("commands", "snapshots", "camera"):
        conditions.report(condition, condition)  # type: ignore[arg-type]  # each is a Condition
    assert told[-1] == ("degraded", "camera; snapshots; commands")


def test_what_is_known_is_not_told_again() -> None:
    told = Told()
    conditions = Conditions({"camera": "starting"}, told.note)
    for reason in ("starting", "gone", "gone", None, None):
        conditions.report("camera", reason)
    conditions.report("snapshots", None)
    assert told == [("degraded", "gone"), ("online", None)]


def test_what_is_told_last_is_how_it_is_whoever_reports() -> None:
    told = Told()
    conditions = Conditions({}, told.note)

    def worry(condition: str) -> None:
        for turn in range(200):
            conditions.report(condition, None if turn % 2 else "bad")  # type: ignore[arg-type]  # each is a Condition

    threads = [threading.Thread(target=worry, args=(name,)) for name in ("camera", "snapshots", "commands")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert told[-1] == ("online", None)
    assert all(one != other for one, other in pairwise(told))
