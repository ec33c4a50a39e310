"""The last configuration that has worked, where it came from the files on the device."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from visaged.config import load
from visaged.remote.boot import Start
from visaged.remote.desired import Terms, read_desired
from visaged.remote.inbox import Inbox
from visaged.remote.ledger import DEVICE, Ledger
from visaged.remote.service import Remote
from visaged.remote.storage import Storage

TRIAL_S = 60


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Of the device; its camera has an address."""
    file = tmp_path / "visaged.toml"
    file.write_text('[source]\nuri = "rpicam:0"\n')
    return file


@pytest.fixture
def remote(host: Any, storage: Storage, file: Path, tmp_path: Path) -> Remote:
    """Of a device that has just started, and has come to a bad end before."""
    host.now = time.monotonic()
    read = partial(load, file, ())
    return Remote(host, Inbox(), read, storage, Start(read(None), Ledger(boots=2), "local"), state=tmp_path)


def attend(remote: Remote, seconds: int) -> None:
    for _ in range(seconds):
        remote.attend()


def source(storage: Storage) -> list[Any]:
    """Of the last configuration that has worked."""
    return [kept.value for kept in storage.read().last if kept.path == "source.uri"]


def test_a_daemon_that_lives_without_its_camera_is_no_bad_boot_and_is_good_when_that_is_there(
    host: Any, remote: Remote, storage: Storage
) -> None:
    host.camera = "gone"
    storage.write(Ledger(boots=2))
    attend(remote, TRIAL_S - 5)
    assert storage.read().boots == 2
    attend(remote, 10)
    assert storage.read() == Ledger()
    host.camera = None
    attend(remote, 2)
    assert source(storage) == ["rpicam:0"]


def test_what_is_reloaded_has_worked_when_it_has_for_as_long_as_a_trial(
    host: Any, remote: Remote, storage: Storage, file: Path
) -> None:
    attend(remote, TRIAL_S + 1)
    file.write_text('[source]\nuri = "rpicam:1"\n')
    remote.reloaded(load(file, ()))
    host.camera = "starting"
    attend(remote, 2)
    host.camera = None
    attend(remote, TRIAL_S - 5)
    assert source(storage) == ["rpicam:0"]
    attend(remote, 5)
    assert source(storage) == ["rpicam:1"]


def test_what_is_reloaded_while_something_else_fails_has_worked_then(
    host: Any, remote: Remote, storage: Storage, file: Path, tmp_path: Path
) -> None:
    attend(remote, TRIAL_S + 1)
    data = b"version = 1\ndetect.size = 256\n"
    remote.receive(DEVICE, data, read_desired(data, DEVICE, Terms("cam", tmp_path, "")))
    file.write_text('[source]\nuri = "rpicam:1"\n')
    remote.reloaded(remote.layered(load(file, ())))
    remote.revert("fps", "0")
    attend(remote, TRIAL_S - 5)
    assert source(storage) == ["rpicam:0"]
    attend(remote, 5)
    assert source(storage) == ["rpicam:1"]
