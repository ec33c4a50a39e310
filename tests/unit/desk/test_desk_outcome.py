"""What becomes of a patch, from what a device says."""

from __future__ import annotations

from typing import Any

import pytest

from visaged.desk.outcome import Outcome, Sent, by_report, hidden

SENT = Sent.of(b"version = 5\n", 5, "device")
CLEARING = Sent.of(b"", None, "group/front")
MINE = {"origin": "device", "hash": SENT.sha256}


def in_force(origin: str = "device", **about: Any) -> dict[str, Any]:
    return {"origins": {origin: {"version": 5, "hash": SENT.sha256, **about}}}


def refused(sha256: str | None) -> dict[str, Any]:
    return {"rejected": {"origin": "group/front", "hash": sha256, "reason": "no"}}


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ({}, None),
        (in_force(state="committed", hash="another"), None),
        (in_force("group/front", state="committed"), None),
        (in_force(state="none"), None),
        ({**in_force(state="trial"), "trial": {"gates": {}}}, Outcome("trial")),
        (
            {**in_force(state="trial"), "trial": {"gates": {"fps": {"state": "shut"}}}},
            Outcome("trial", "not well: fps"),
        ),
        (in_force(state="committed"), Outcome("committed")),
        ({"state": "rejected", "origin": "group/front", **in_force(state="committed")}, Outcome("committed")),
        (in_force(hash=None, refused={"hash": SENT.sha256, "reason": "no frames"}), Outcome("reverted", "no frames")),
        (in_force(hash=None, refused={"hash": "another", "reason": "no frames"}), None),
        (in_force(state="trial", version=6, hash="another", tried=6), Outcome("replaced", "version 6 came after it")),
        (in_force(version=None, hash=None, state="none", tried=6), Outcome("replaced", "version 6 came after it")),
        (in_force(version=4, hash="another", state="committed", tried=4), None),
        (in_force("group/front", version=6, hash="another", state="committed", tried=6), None),
        ({"waiting": {"origin": "device", "version": 6}}, Outcome("replaced", "version 6 came after it")),
        ({"waiting": {"origin": "group/front", "version": 6}}, None),
        ({"state": "committed", **MINE, "origins": None, "left_out": ["origins"]}, Outcome("committed")),
        ({"state": "committed", **MINE, "origin": "group/front", "origins": None}, None),
        ({"state": "disabled", **in_force(state="none")}, Outcome("disabled", "remote.enabled is false on the device")),
        ({"state": "reverted", "rejected": {**MINE, "reason": "no frames"}}, Outcome("reverted", "no frames")),
        (
            {
                "state": "safe_mode",
                "rejected": {**MINE, "reason": "no frames"},
                **in_force(hash=None, state="none", refused={"hash": SENT.sha256, "reason": "no frames"}),
            },
            Outcome("reverted", "no frames"),
        ),
        ({"state": "trial", "rejected": {**MINE, "reason": "older"}}, Outcome("rejected", "older")),
    ],
)
def test_a_report_tells_of_what_was_sent_or_nothing(reported: dict[str, Any], expected: Outcome | None) -> None:
    assert by_report(SENT, reported) == expected


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ({}, None),
        (in_force("group/front"), None),
        ({"origin": "device", **in_force("group/front")}, None),
        (in_force("device"), Outcome("cleared")),
        (in_force("group/front", version=None, state="none"), Outcome("cleared")),
        ({"state": "local", "origin": None}, Outcome("cleared")),
        ({"state": "local", "origin": None, "waiting": {"origin": "group/front", "reason": "soon"}}, None),
        ({"state": "local", "origin": None, "waiting": {"origin": "device"}}, Outcome("cleared")),
        (refused(CLEARING.sha256), Outcome("rejected", "no")),
        (refused(None), Outcome("rejected", "no")),
        ({"rejected": {"origin": "device", "hash": None, "reason": "no"}}, Outcome("cleared")),
    ],
)
def test_what_was_cleared_is_not_in_force(reported: dict[str, Any], expected: Outcome | None) -> None:
    assert by_report(CLEARING, reported) == expected


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ({}, None),
        (in_force(hidden={}), None),
        (in_force("group/front", hidden={"track.max_faces": "device"}), None),
        (in_force(hidden={"track.max_faces": "group/b"}), "track.max_faces: group/b wins"),
        (
            {
                **in_force(hidden={"track.max_faces": "command line", "smooth.mode": "device"}),
                "keys": {
                    "track.max_faces": {"state": "pending", "reason": "the value of --set is in force"},
                    "smooth.raw": {"state": "applied", "reason": None},
                },
            },
            "track.max_faces: the value of --set is in force; smooth.mode: device wins",
        ),
    ],
)
def test_keys_over_which_something_else_wins_are_named(reported: dict[str, Any], expected: str | None) -> None:
    assert hidden(reported, "device") == expected
