"""A device that is configured from afar by itself and as one of groups."""

from __future__ import annotations

from typing import Any

from made.remote import REPORTED, SHORT_TRIAL_S, SLOW_S
from made.waiting import eventually
from visaged.mqtt.codec import decode
from visaged.remote.desired import digest

FRONT = "visaged/group/front/config/desired"


def test_a_device_has_the_last_word_over_its_groups(lasting: Any) -> None:
    one = lasting
    one.ask("[detect]\ninterval = 7\n[track]\nmax_faces = 2", "visaged/group/front/config/desired")
    one.ask("[track]\nmax_faces = 3", "visaged/group/lorries/config/desired")
    assert eventually(lambda: one.reported["effective"]["track.max_faces"]["value"] == 3, SLOW_S)
    one.ask("[track]\nmax_faces = 1")
    assert one.comes_to(state="committed", origin="device")
    states = {origin: (told["state"], told["version"]) for origin, told in one.reported["origins"].items()}
    assert (
        states.items()
        >= {
            "group/front": ("committed", one.version - 2),
            "group/lorries": ("committed", one.version - 1),
            "device": ("committed", one.version),
        }.items()
    )
    assert eventually(lambda: one.reported["effective"]["detect.interval"]["value"] == 7)
    assert one.reported["effective"]["track.max_faces"]["value"] == 1
    assert hidden(one) == {
        "group/front": {"track.max_faces": "device"},
        "group/lorries": {"track.max_faces": "device"},
        "device": {},
    }
    one.desire("")
    assert one.comes_to(state="committed", origin="group/lorries")
    assert one.reported["effective"]["track.max_faces"] == {
        "value": 3,
        "layer": "remote",
        "where": "group/lorries desired:3",
    }
    assert one.reported["origins"]["device"] == {
        "version": None,
        "hash": None,
        "state": "none",
        "tried": one.version,
        "hidden": {},
        "refused": None,
    }
    assert hidden(one)["group/front"] == {"track.max_faces": "group/lorries"} and not hidden(one)["group/lorries"]
    one.ask("[mqtt]\nbackoff_min_s = 0.3")
    assert one.comes_to(state="committed", origin="device")
    assert hidden(one)["device"] == {"mqtt.backoff_min_s": "command line"}


def test_what_is_in_force_of_each_origin_is_told_through_all_that_happens(configured: Any) -> None:
    one = configured(trial_s=SHORT_TRIAL_S)
    hidden, own = "version = 1\n[track]\nmax_faces = 2\n", "version = 1\n[track]\nmax_faces = 1\n"
    both = {"group/front": digest(hidden.encode()), "device": digest(own.encode())}
    one.desire(hidden, FRONT)
    assert one.comes_to(state="committed", origin="group/front"), one.reported
    one.desire(own)
    assert one.comes_to(state="committed", origin="device") and hashes(one) == both
    one.desire(hidden, FRONT)
    one.daemon.end()
    one.begin()
    assert one.comes_to(state="committed", origin="device") and hashes(one) == both
    file = one.file.read_text()
    one.file.write_text(file.replace("front, ", ""))
    one.daemon.hang_up()
    assert eventually(lambda: hashes(one) == both | {"group/front": None}, SLOW_S), one.reported
    one.file.write_text(file)
    one.daemon.hang_up()
    assert eventually(lambda: hashes(one) == both, SLOW_S), one.reported
    one.desire("")
    assert one.comes_to(state="committed", origin="group/front")
    assert hashes(one) == both | {"device": None}


def test_what_two_origins_ask_for_is_tried_one_after_the_other(configured: Any) -> None:
    one = configured()
    one.ask("[track]\nmax_faces = 1", FRONT)
    assert one.comes_to(state="trial", origin="group/front")
    one.ask('[source]\nuri = "/dev/video99"')
    assert eventually(lambda: waited(one)), one.reported
    assert one.comes_to(state="reverted", version=1), one.reported
    told = one.reported["origins"]
    assert (told["group/front"]["state"], told["group/front"]["refused"]) == ("committed", None)
    assert (told["device"]["state"], told["device"]["refused"]["version"]) == ("none", 2)
    one.daemon.end()
    one.begin()
    assert one.comes_to(state="reverted", origins=told), one.reported


def waited(one: Any) -> bool:
    """Whether something was told to wait for the trial of the first version."""
    found = (decode(told)["waiting"] for told in one.listener.of(REPORTED))
    return any(waiting and "trial of version 1" in waiting["reason"] for waiting in found)


def hashes(one: Any) -> dict[str, str | None]:
    """Of the patches in force, by origin."""
    return {origin: told["hash"] for origin, told in one.reported["origins"].items()}


def hidden(one: Any) -> dict[str, dict[str, str]]:
    """What of the patches in force is not, by origin."""
    return {origin: told["hidden"] for origin, told in one.reported["origins"].items()}
