"""A patch that is being put in force while the daemon is told to end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from visaged.lifecycle import EndingError
from visaged.remote.desired import Terms, read_desired
from visaged.remote.ledger import DEVICE, Ledger
from visaged.remote.service import Remote
from visaged.remote.storage import Storage

PATCH = b"version = 1\ndetect.size = 256\n"


def test_it_is_not_on_trial_and_is_tried_again_if_life_goes_on(
    host: Any, remote: Remote, storage: Storage, tmp_path: Path
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
