"""A patch that is being put in force while the daemon is told to end."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from visaged.config import Loaded, load
from visaged.config.loader import DEFAULTS
from visaged.lifecycle import EndingError
from visaged.remote.boot import Start
from visaged.remote.desired import Terms, read_desired
from visaged.remote.gates import Signs
from visaged.remote.inbox import Inbox
from visaged.remote.ledger import DEVICE, Ledger
from visaged.remote.service import Remote
from visaged.remote.storage import Storage

PATCH = b"version = 1\ndetect.size = 256\n"


class Host:
    """A daemon that is in order, and may be ending."""

    def __init__(self) -> None:
        self.is_ending = False
        self.applied: list[int] = []
        self.now = 1e9

    def apply(self, loaded: Loaded) -> None:
        if self.is_ending:
            raise EndingError
        self.applied.append(loaded.config.detect.size)

    def signs(self) -> Signs:
        self.now += 1.0
        return Signs(self.now, 100, 5.0, None, None)

    def fail(self, error: Exception) -> None:
        raise AssertionError(error)

    def forget_latency(self) -> None:
        pass

    def announce(self, *_: Any) -> None:
        pass

    def publish(self, *_: Any) -> None:
        pass

    def judge(self, *_: Any) -> None:
        pass


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "remote.json")


@pytest.fixture
def remote(host: Host, storage: Storage, tmp_path: Path) -> Remote:
    file = tmp_path / "visaged.toml"
    file.write_text("")
    start = Start(DEFAULTS, Ledger(), "local")
    return Remote(host, Inbox(), partial(load, file, ()), storage, start, state=tmp_path)


def test_it_is_not_on_trial_and_is_tried_again_if_life_goes_on(
    host: Host, remote: Remote, storage: Storage, tmp_path: Path
) -> None:
    host.is_ending = True
    with pytest.raises(EndingError):
        remote.receive(DEVICE, PATCH, read_desired(PATCH, DEVICE, Terms("cam", tmp_path, "")))
    assert storage.read() == Ledger()
    assert not remote.is_on_trial
    host.is_ending = False
    remote.attend()
    assert host.applied == [256]
    assert remote.is_on_trial and storage.read().trial
