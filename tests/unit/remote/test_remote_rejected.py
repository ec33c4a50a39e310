"""A patch that was kept, and does not go with the files on the device any more."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from visaged.config import load
from visaged.config.loader import DEFAULTS
from visaged.remote.boot import Start
from visaged.remote.desired import Terms, read_desired
from visaged.remote.inbox import Inbox
from visaged.remote.ledger import DEVICE, Ledger
from visaged.remote.service import Remote
from visaged.remote.storage import Storage

DATA = b"version = 3\ndetect.size = 256\n"


def test_the_broker_s_handing_it_over_again_does_not_make_it_well(host: Any, storage: Storage, tmp_path: Path) -> None:
    outcome = read_desired(DATA, DEVICE, Terms("cam", tmp_path, ""))
    assert isinstance(outcome, tuple)
    start = Start(DEFAULTS, Ledger().begin(outcome[0]).commit(), "rejected", "it does not go with the file")
    remote = Remote(host, Inbox(), partial(load, None, ()), storage, start, state=tmp_path)
    remote.receive(DEVICE, DATA, outcome)
    remote.tell()
    assert (host.reported[-1]["state"], host.reported[-1]["counters"]["ignored"]) == ("rejected", 1)
