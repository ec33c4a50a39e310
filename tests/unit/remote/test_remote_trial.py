"""What comes from several origins while something is on trial."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from visaged.config import Problem, load
from visaged.lifecycle import EndingError
from visaged.remote.attempt import TELLINGS
from visaged.remote.boot import Start
from visaged.remote.desired import RejectedError, Terms, read_desired
from visaged.remote.history import LONGEST_START_S
from visaged.remote.inbox import Inbox
from visaged.remote.ledger import DEVICE, Ledger
from visaged.remote.service import Remote
from visaged.remote.storage import Storage

GROUP = "group/front"

Ask = Callable[..., None]


@pytest.fixture
def remote(host: Any, storage: Storage, tmp_path: Path) -> Remote:
    """Of a device that belongs to a group."""
    file = tmp_path / "visaged.toml"
    file.write_text('[remote]\ngroups = "front"\n')
    read = partial(load, file, ())
    return Remote(host, Inbox(), read, storage, Start(read(None), Ledger(), "local"), state=tmp_path)


@pytest.fixture
def ask(remote: Remote, tmp_path: Path) -> Ask:
    """``ask(version, size, origin)``: a patch comes, and is tried."""

    def receive(version: int, size: int, origin: str = DEVICE) -> None:
        data = b"version = %d\ndetect.size = %d\n" % (version, size)
        remote.receive(origin, data, read_desired(data, origin, Terms("cam", tmp_path, "")))

    return receive


def keep(remote: Remote) -> None:
    """All goes well until the end of the trial."""
    while remote.is_on_trial:
        remote.attend()


@pytest.fixture
def gates(host: Any, remote: Remote, ask: Ask) -> Callable[..., list[dict[str, str]]]:
    """``gates(*cameras)``: how those of a trial were told, in which at one look after the other that is wrong with the
    camera; nothing is before it."""

    def run(*cameras: str | None) -> list[dict[str, str]]:
        remote.attend()
        remote.attend()
        before = len(host.reported)
        ask(1, 256)
        for host.camera in cameras:
            remote.attend()
        trials = [told["trial"] for told in host.reported[before:] if told["trial"]]
        return [{name: gate["state"] for name, gate in trial["gates"].items()} for trial in trials]

    return run


def test_the_gates_are_told_whenever_one_has_changed(host: Any, gates: Any) -> None:
    well = dict.fromkeys(("frames", "camera", "broker", "fps", "latency"), "open")
    assert gates(*[None] * 60) == [
        {},
        well | {"fps": "waiting", "latency": "waiting"},
        well | {"fps": "waiting"},
        well,
    ]
    assert host.reported[-1]["state"] == "committed"


def test_the_gate_that_has_failed_is_told(gates: Any) -> None:
    assert [(told["frames"], told["camera"]) for told in gates(None, "gone", "gone", "gone")[1:]] == [
        ("open", "open"),
        ("failed", "failed"),
    ]


def test_gates_that_change_all_the_time_are_told_a_few_times(gates: Any) -> None:
    assert len(gates(*[None, "gone"] * 25)) <= 1 + TELLINGS


def test_what_was_cleared_meanwhile_does_not_come_back_with_a_trial_that_fails(
    host: Any, remote: Remote, ask: Ask
) -> None:
    ask(1, 256, GROUP)
    keep(remote)
    ask(1, 192)
    remote.receive(GROUP, b"", None)
    remote.revert("fps", "0")
    assert host.applied == [256, 192, 192, 0]
    assert (host.reported[-1]["state"], host.reported[-1]["version"]) == ("reverted", None)


@pytest.mark.parametrize("age_s", [0.0, LONGEST_START_S])
def test_nothing_is_tried_any_more_where_the_device_wants_nothing_from_afar(
    host: Any, remote: Remote, ask: Ask, tmp_path: Path, age_s: float
) -> None:
    host.now = time.monotonic() + age_s
    ask(1, 256)
    assert remote.is_on_trial is (age_s > 0)
    tried = list(host.applied)
    (tmp_path / "visaged.toml").write_text("remote.enabled = false\n")
    remote.reloaded(remote.layered(load(tmp_path / "visaged.toml", ())))
    host.now += LONGEST_START_S
    remote.attend()
    assert not remote.is_on_trial and host.applied == tried
    told = host.reported[-1]
    assert (told["state"], told["version"], told["waiting"], told["trial"]) == ("disabled", None, None, None)
    assert told["origins"] == {}


@pytest.fixture
def beside(host: Any, remote: Remote, ask: Ask) -> Remote:
    """While what a group asks for is on trial, something else that the device asks for waits."""
    ask(1, 256, GROUP)
    ask(2, 192)
    told = host.reported[-1]
    assert (told["state"], told["origin"], told["waiting"]["version"]) == ("trial", GROUP, 2)
    assert told["waiting"]["reason"] == f"it is tried when the trial of version 1 from {GROUP} is over"
    assert host.applied == [256] and told["keys"]["detect.size"]["state"] == "pending"
    return remote


def refused(host: Any) -> set[str]:
    """The origins of which something was taken back."""
    return {origin for origin, told in host.reported[-1]["origins"].items() if told["refused"]}


def until_tried(host: Any, remote: Remote) -> None:
    """What waits is on trial."""
    while host.reported[-1]["waiting"]:
        remote.attend()
    assert remote.is_on_trial


def test_what_another_origin_asks_for_is_tried_after_the_trial_and_taken_back_by_itself(
    host: Any, beside: Remote
) -> None:
    keep(beside)
    until_tried(host, beside)
    beside.revert("camera", "gone for 3.0 s")
    assert host.applied == [256, 192, 256] and refused(host) == {DEVICE}
    assert host.reported[-1]["origins"][GROUP]["state"] == "committed"


def test_what_fails_does_not_take_with_it_what_another_origin_asks_for(host: Any, beside: Remote) -> None:
    beside.revert("camera", "gone for 3.0 s")
    until_tried(host, beside)
    keep(beside)
    assert host.applied == [256, 0, 192] and refused(host) == {GROUP}
    assert host.reported[-1]["origins"][DEVICE]["state"] == "committed"


def test_a_newer_one_of_the_same_origin_is_tried_instead_at_once(host: Any, beside: Remote, ask: Ask) -> None:
    ask(2, 320, GROUP)
    told = host.reported[-1]
    assert host.applied == [256, 320] and (told["version"], told["waiting"]["origin"]) == (2, DEVICE)
    assert told["waiting"]["reason"] == f"it is tried when the trial of version 2 from {GROUP} is over"


def test_what_is_cleared_while_it_waits_is_not_tried(host: Any, beside: Remote) -> None:
    beside.receive(DEVICE, b"", None)
    assert host.reported[-1]["waiting"] is None and beside.is_on_trial
    keep(beside)
    assert set(host.applied) == {256}


def test_what_waits_is_tried_when_what_is_on_trial_is_cleared(host: Any, beside: Remote) -> None:
    beside.receive(GROUP, b"", None)
    assert not beside.is_on_trial and host.reported[-1]["state"] == "local"
    until_tried(host, beside)
    assert host.applied == [256, 0, 192]


def test_an_end_that_is_called_off_leaves_both(host: Any, beside: Remote, ask: Ask) -> None:
    host.is_ending = True
    with pytest.raises(EndingError):
        ask(2, 320, GROUP)
    host.is_ending = False
    beside.revert("run", "the video has ended")
    while host.reported[-1]["waiting"] or beside.is_on_trial:
        beside.attend()
    told = {origin: (one["version"], one["state"]) for origin, one in host.reported[-1]["origins"].items()}
    assert told == {GROUP: (2, "committed"), DEVICE: (2, "committed")}


def test_what_is_rejected_of_one_origin_is_told_beside_what_is_in_force_of_another(
    host: Any, remote: Remote, ask: Ask
) -> None:
    ask(2, 192)
    keep(remote)
    remote.receive(GROUP, b"no", RejectedError("rejected", [Problem("group/front desired", "no TOML")]))
    ask(2, 192)  # as the broker does when the device connects again
    told = host.reported[-1]
    assert (told["state"], told["origin"], told["version"]) == ("rejected", DEVICE, 2)
    assert (told["rejected"]["origin"], told["rejected"]["version"]) == (GROUP, None)
    assert told["origins"][DEVICE]["state"] == "committed"


def test_a_clearing_that_is_refused_is_told_without_version_and_hash(
    host: Any, remote: Remote, ask: Ask, tmp_path: Path
) -> None:
    ask(2, 192)
    keep(remote)
    (tmp_path / "visaged.toml").write_text("[remote]\ngroups = ")
    remote.receive(DEVICE, b"", None)
    told = host.reported[-1]
    refused = told["rejected"]
    assert refused == {"origin": DEVICE, "version": None, "hash": None, "reason": refused["reason"]}
    assert refused["reason"].startswith("desired: cannot be cleared: ") and "visaged.toml:2" in refused["reason"]
    assert (told["state"], told["origin"], told["version"]) == ("rejected", DEVICE, 2)
    assert host.applied == [192]
