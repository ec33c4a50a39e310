"""Patches that come while another one waits to be tried, right after the start."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from visaged.remote.desired import Terms, read_desired
from visaged.remote.history import START_S
from visaged.remote.ledger import DEVICE
from visaged.remote.service import Remote

Ask = Callable[..., None]


@pytest.fixture
def ask(host: Any, remote: Remote, tmp_path: Path) -> Ask:
    """``ask(version, size, origin)``: a patch comes right after the start."""

    def receive(version: int, size: int, origin: str = DEVICE) -> None:
        host.now = time.monotonic() - 1.0
        data = b"version = %d\ndetect.size = %d\n" % (version, size)
        remote.receive(origin, data, read_desired(data, origin, Terms("cam", tmp_path, "")))

    return receive


@pytest.mark.parametrize(("version", "sentence"), [(2, "is older than"), (3, "has other content than")])
def test_no_older_or_other_one_takes_its_place(
    host: Any, remote: Remote, ask: Ask, version: int, sentence: str
) -> None:
    ask(3, 256)
    ask(version, 192)
    told = host.reported[-1]
    assert (told["state"], told["waiting"]["version"], told["counters"]["replayed"]) == ("rejected", 3, 1)
    assert sentence in told["rejected"]["reason"]
    while host.reported[-1]["waiting"]:
        remote.attend()
    assert host.applied == [256] and host.now - time.monotonic() < START_S + 1.0
    assert (host.reported[-1]["state"], host.reported[-1]["version"]) == ("trial", 3)


def test_the_same_again_is_ignored_and_what_was_rejected_meanwhile_forgotten(
    host: Any, remote: Remote, ask: Ask
) -> None:
    ask(3, 256)
    ask(2, 192)
    ask(3, 256)
    told = host.reported[-1]
    assert (told["state"], told["rejected"], told["counters"]["ignored"]) == ("local", None, 1)
    assert told["waiting"]["version"] == 3


def test_a_newer_one_takes_its_place_and_another_origin_s_waits_beside_it(host: Any, remote: Remote, ask: Ask) -> None:
    ask(3, 256)
    ask(4, 192)
    ask(1, 320, "group/front")
    assert host.reported[-1]["waiting"]["version"] == 4
    assert host.reported[-1]["counters"]["rejected"] == 0
