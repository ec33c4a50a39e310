"""The configuration from afar in a daemon that is in order."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from visaged.config import Loaded, load
from visaged.config.loader import DEFAULTS
from visaged.lifecycle import EndingError
from visaged.remote.boot import Start
from visaged.remote.gates import Signs
from visaged.remote.inbox import Inbox
from visaged.remote.ledger import Ledger
from visaged.remote.service import Remote
from visaged.remote.storage import Storage


class Host:
    """A daemon that is in order, and may be ending. ``now``: when it was last looked at, a second after the time
    before; ``camera``: what is wrong with that, so that no frames flow; ``reported``: what was published; ``trouble``:
    why the disk does not hold what it should."""

    def __init__(self) -> None:
        self.is_ending = False
        self.camera: str | None = None
        self.frames = 100
        self.applied: list[int] = []
        self.reported: list[dict[str, Any]] = []
        self.trouble: str | None = None
        self.now = 1e9

    def apply(self, loaded: Loaded) -> None:
        if self.is_ending:
            raise EndingError
        self.applied.append(loaded.config.detect.size)

    def signs(self) -> Signs:
        self.now += 1.0
        self.frames += 0 if self.camera else 25
        return Signs(self.now, self.frames, 5.0, self.camera, None)

    def fail(self, error: Exception) -> None:
        raise AssertionError(error)

    def forget_latency(self) -> None:
        pass

    def announce(self, *_: Any) -> None:
        pass

    def publish(self, message: dict[str, Any]) -> None:
        self.reported.append(message)

    def judge(self, *_: Any) -> None:
        pass

    def unkept(self, trouble: str | None) -> None:
        self.trouble = trouble


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
