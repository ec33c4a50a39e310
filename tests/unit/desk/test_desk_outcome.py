"""What becomes of a patch, from what a device says."""

from __future__ import annotations

from typing import Any

import pytest

from visaged.desk.outcome import Outcome, Sent, by_event, by_report

SENT = Sent.of(b"version = 5\n", "device")
CLEARING = Sent.of(b"", "group/front")
MINE = {"origin": "device", "hash": SENT.sha256}


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ({}, None),
        ({"state": "committed", "origin": "device", "hash": "another"}, None),
        ({"state": "local", **MINE}, None),
        ({"state": "trial", **MINE, "trial": {"gates": {}}}, Outcome("trial")),
        ({"state": "trial", **MINE, "trial": {"gates": {"fps": {"state": "shut"}}}}, Outcome("trial", "not well: fps")),
        ({"state": "committed", **MINE}, Outcome("committed")),
        ({"state": "reverted", "rejected": {**MINE, "reason": "no frames"}}, Outcome("reverted", "no frames")),
        ({"state": "trial", "rejected": {**MINE, "reason": "older"}}, Outcome("rejected", "older")),
    ],
)
def test_a_report_tells_of_what_was_sent_or_nothing(reported: dict[str, Any], expected: Outcome | None) -> None:
    assert by_report(SENT, reported) == expected


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ({}, None),
        ({"state": "committed", "origin": "group/front"}, None),
        ({"state": "committed", "origin": "device"}, Outcome("cleared")),
        ({"state": "local", "origin": None}, Outcome("cleared")),
        ({"state": "local", "origin": None, "waiting": {"origin": "group/front", "reason": "soon"}}, None),
        ({"state": "local", "origin": None, "waiting": {"origin": "device"}}, Outcome("cleared")),
        ({"rejected": {"hash": CLEARING.sha256, "reason": "unsigned"}}, Outcome("rejected", "unsigned")),
    ],
)
def test_what_was_cleared_is_not_in_force(reported: dict[str, Any], expected: Outcome | None) -> None:
    assert by_report(CLEARING, reported) == expected


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"event": "config_applied", "state": "trial", **MINE}, Outcome("trial")),
        ({"event": "config_applied", "state": "committed", **MINE}, Outcome("committed")),
        ({"event": "config_applied", "state": "committed", **MINE, "hash": "another"}, None),
        ({"event": "config_applied", "state": "committed", **MINE, "origin": "group/front"}, None),
        ({"event": "config_rejected", **MINE, "error": "no"}, Outcome("rejected", "no")),
        ({"event": "config_reverted", **MINE, "error": "no"}, Outcome("reverted", "no")),
        ({"event": "face_lost"}, None),
    ],
)
def test_an_event_tells_of_what_was_sent_or_nothing(event: dict[str, Any], expected: Outcome | None) -> None:
    assert by_event(SENT, event) == expected


def test_an_event_tells_that_a_group_s_patch_was_cleared() -> None:
    event = {"event": "config_applied", "state": "cleared", "origin": "group/front", "hash": None}
    assert by_event(CLEARING, event) == Outcome("cleared")
