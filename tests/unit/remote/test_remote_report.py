"""What is said of the configuration from afar."""

from __future__ import annotations

from typing import Any

from visaged.config import Patch, load, read_patch
from visaged.remote.desired import name_of
from visaged.remote.ledger import Document, Ledger
from visaged.remote.report import DISPENSABLE, Report, Trouble, forms, reported

NOTHING: dict[str, Any] = {"hidden": {}, "refused": None}
"""What is told of an origin with which nothing is wrong."""


def document(version: int, origin: str = "device") -> Document:
    return Document(origin, version, f"{version}" * 64, b"")


def told(ledger: Ledger, patch: Patch | None = Patch(1, ())) -> dict[str, Any]:  # noqa: B008 - it cannot change
    loaded = load(None, ["remote.groups=a,b"])
    return reported(Report("committed", ledger, loaded, patch, None, Trouble(), [], {}))


def test_each_origin_says_what_is_in_force_from_it_and_what_was_tried() -> None:
    ledger = Ledger().begin(document(1, "group/a")).begin(document(2, "group/b")).commit().clear("group/b")
    ledger = ledger.begin(document(3, "group/a")).revert("fps: 0").begin(document(4))
    failed = {"version": 3, "hash": "3" * 64, "reason": "fps: 0"}
    assert told(ledger)["origins"] == {
        "group/a": {"version": 1, "hash": "1" * 64, "state": "committed", "tried": 3, "hidden": {}, "refused": failed},
        "group/b": {"version": None, "hash": None, "state": "none", "tried": 2} | NOTHING,
        "device": {"version": 4, "hash": "4" * 64, "state": "trial", "tried": 4} | NOTHING,
    }


def test_all_that_failed_together_says_so_until_something_else_is_tried_or_it_is_cleared() -> None:
    def failed(ledger: Ledger) -> list[str]:
        return [origin for origin, one in told(ledger)["origins"].items() if one["refused"]]

    ledger = Ledger().begin(document(1, "group/a")).begin(document(2)).revert("camera: gone")
    assert failed(ledger) == failed(ledger.begin(document(3, "group/b")).commit()) == ["group/a", "device"]
    assert failed(ledger.begin(document(3, "group/a"))) == ["device"]
    assert failed(ledger.begin(document(3, "group/a")).give_up()) == ["group/a", "device"]
    assert failed(ledger.begin(document(3, "group/a")).commit()) == ["device"]
    assert failed(ledger.clear("device")) == ["group/a"]


def test_nothing_is_in_force_from_afar_in_safe_mode() -> None:
    origins = told(Ledger().begin(document(1)).commit(), None)["origins"]
    assert origins == {"device": {"version": None, "hash": None, "state": "none", "tried": 1} | NOTHING}


def test_what_a_group_wants_to_which_the_device_does_not_belong_is_not_in_force() -> None:
    one = told(Ledger().begin(document(1, "group/b")).begin(document(2, "group/c")).commit())
    assert (one["origin"], one["version"]) == ("group/b", 1)
    assert one["origins"]["group/c"] == {"version": None, "hash": None, "state": "none", "tried": 2} | NOTHING


def test_the_group_that_is_listed_last_wins_whichever_came_last() -> None:
    assert told(Ledger().begin(document(1, "group/b")).begin(document(2, "group/a")).commit())["origin"] == "group/b"


def test_each_origin_says_which_of_its_keys_something_later_overrides() -> None:
    def patch(origin: str, *lines: str) -> Patch:
        return read_patch("\n".join(["version = 1", *lines]).encode(), name_of(origin), None)

    patches = {
        "group/a": patch("group/a", "detect.interval = 7", "track.max_faces = 2", "smooth.mode = 'off'"),
        "group/b": patch("group/b", "detect.interval = 8", "track.max_faces = 3"),
        "device": patch("device", "track.max_faces = 4"),
    }
    merged = Patch(1, tuple(setting for patch in patches.values() for setting in patch.settings))
    ledger = Ledger()
    for origin in patches:
        ledger = ledger.begin(document(1, origin))
    loaded = load(None, ["remote.groups=a,b", "track.max_faces=1"], merged)
    message = reported(Report("trial", ledger, loaded, merged, None, Trouble(), [], {}))
    assert {origin: one["hidden"] for origin, one in message["origins"].items()} == {
        "group/a": {"detect.interval": "group/b", "track.max_faces": "command line"},
        "group/b": {"track.max_faces": "command line"},
        "device": {"track.max_faces": "command line"},
    }
    assert message["keys"]["detect.interval"]["state"] == "applied"


def test_shorter_forms_say_what_they_lack() -> None:
    message = told(Ledger().begin(document(1)).commit()) | {"effective": {"log.level": {}}}
    whole, *shorter = forms(message)
    assert whole == message
    for left_out, form in zip(DISPENSABLE, shorter, strict=True):
        assert form == message | dict.fromkeys(left_out) | {"left_out": left_out}
    assert shorter[-1]["origins"] is None
